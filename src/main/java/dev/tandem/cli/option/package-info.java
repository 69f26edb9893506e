/** Options that several commands have, as mixins: what a person says becomes a choice of the request, pipeline and output packages. */
package dev.tandem.cli.option;
