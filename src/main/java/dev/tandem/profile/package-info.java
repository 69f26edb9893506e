/** Where time goes: each operation timed by itself, what it has to do, and what the machine could do. */
package dev.tandem.profile;
