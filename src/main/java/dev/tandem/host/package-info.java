/** The machine around the program: installation, version, process memory, files that appear whole, device probes. */
package dev.tandem.host;
