package io.godwit.billing;

/**
 * What is wrong with a row of an uploaded price list.
 *
 * @param line of the file, from 1; 0 = no single line
 * @param column null for the whole line
 */
public record WrongRow(long line, String column, String what) { }
