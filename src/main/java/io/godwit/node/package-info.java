/** What the verticles of one process share, how the process is configured, and what it says about its health. */
package io.godwit.node;
