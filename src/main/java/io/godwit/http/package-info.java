/**
 * What every group of HTTP endpoints shares, whichever room it is in: who calls ({@link io.godwit.http.Auth}, {@link io.godwit.http.Caller}),
 * what a request's JSON says ({@link io.godwit.http.Input}; counted before it is decoded: {@link io.godwit.http.Census}), and how it is answered ({@link io.godwit.http.Reply}: an
 * {@link io.godwit.http.Answer} or a {@link io.godwit.http.Problem}). A room adds endpoints of its own by a {@link io.godwit.http.Routes},
 * so that it need not know the door that serves them.
 */
package io.godwit.http;
