package io.godwit.message;

/** How a text travels: GSM 03.38 septets, UCS-2 code units or Latin-1 octets (3GPP TS 23.038). */
public enum Encoding { GSM7, UCS2, LATIN1 }
