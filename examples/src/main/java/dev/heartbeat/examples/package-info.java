/** Programs and snippets to copy from. {@link dev.heartbeat.examples.Fleet} is the one to run first. */
@NullMarked
package dev.heartbeat.examples;

import org.jspecify.annotations.NullMarked;
