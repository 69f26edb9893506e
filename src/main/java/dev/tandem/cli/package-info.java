/** The command line: one class per command, options that several share as mixins. */
package dev.tandem.cli;
