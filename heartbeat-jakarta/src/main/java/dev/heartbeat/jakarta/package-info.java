/** The adapter for Jakarta WebSocket: attaches a heartbeat to a session. */
@NullMarked
package dev.heartbeat.jakarta;

import org.jspecify.annotations.NullMarked;
