/** The terminal: what is printed where, and lines that are written over. */
package dev.tandem.cli.terminal;
