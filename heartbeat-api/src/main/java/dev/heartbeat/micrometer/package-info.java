/** Meters of a detector, for applications that have Micrometer; an optional dependency. */
@NullMarked
package dev.heartbeat.micrometer;

import org.jspecify.annotations.NullMarked;
