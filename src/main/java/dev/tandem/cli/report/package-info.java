/** What commands print, for people and as JSON. */
package dev.tandem.cli.report;
