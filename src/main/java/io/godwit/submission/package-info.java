/**
 * The HTTP door: a router of endpoint groups, each a page that checks a request, asks {@link io.godwit.intake.Intake} or the events,
 * and answers. Nobody uses this room; other rooms add endpoints by {@link io.godwit.http.Routes}.
 */
package io.godwit.submission;
