/** Which model decodes which scale, and how: generating, scoring, reconstructing. */
package dev.tandem.decode;
