/**
 * Sessions of Spring's WebSocket support, for applications that have Spring 6.2 or 7.0; an optional dependency.
 *
 * <p>{@code SpringWatch} is what is known of one session, and {@code SpringConnection} that session as the detector's {@link
 * dev.heartbeat.Connection}. What is below it, a session of Jakarta's API or of Jetty's own, is found by {@code NativeSession}.
 */
@NullMarked
package dev.heartbeat.jakarta.spring;

import org.jspecify.annotations.NullMarked;
