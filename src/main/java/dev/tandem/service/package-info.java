/** A loaded model that many threads ask: a queue, batches of what goes together, and one thread that owns the session. */
package dev.tandem.service;
