/** Numbers, suggestions and names of parameters as words. */
package dev.tandem.text;
