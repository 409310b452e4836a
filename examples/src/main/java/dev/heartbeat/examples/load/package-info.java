/** Heartbeat under as many real connections as the machine's descriptors allow, measured with and without it. */
@NullMarked
package dev.heartbeat.examples.load;

import org.jspecify.annotations.NullMarked;
