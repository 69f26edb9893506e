/** Back-ends and their sessions: how one is found and chosen, and what it records and runs. */
package dev.tandem.engine;
