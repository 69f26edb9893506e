/** What is asked for, checked against a model: classes, schedule, sampling, the part of a picture to edit. */
package dev.tandem.request;
