/** A simulator: the real detector and its peers' algorithms in virtual time, over links that fail the way links do. */
package dev.heartbeat.sim;
