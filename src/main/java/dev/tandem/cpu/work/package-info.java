/** The threads that share an operation's work, and the lanes of their vectors. */
package dev.tandem.cpu.work;
