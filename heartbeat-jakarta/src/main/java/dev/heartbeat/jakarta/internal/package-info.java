/** What the adapter shares with its own integrations of frameworks; not exported. */
@NullMarked
package dev.heartbeat.jakarta.internal;

import org.jspecify.annotations.NullMarked;
