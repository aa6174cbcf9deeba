package io.godwit.message;

/** MT goes to a handset, MO comes from one. */
public enum Direction { MT, MO }
