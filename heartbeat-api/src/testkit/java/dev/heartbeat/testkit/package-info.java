/**
 * For tests of applications and adapters: virtual time, peers that do as they are told, and the contract of a connection.
 *
 * <p>This is an artifact of its own, {@code dev.heartbeat:heartbeat-api} with the classifier {@code testkit}, for the test
 * scope. It uses public types of {@code dev.heartbeat} and JUnit's API only.
 */
@NullMarked
package dev.heartbeat.testkit;

import org.jspecify.annotations.NullMarked;
