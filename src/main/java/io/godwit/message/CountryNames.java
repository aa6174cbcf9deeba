package io.godwit.message;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * English names of countries as reports show them, by ISO 3166-1 code.
 *
 * <p>The JDK's names come from CLDR, which prefers short and typographic ones ("United States", "St. Lucia", "Côte d’Ivoire"). Reports want the
 * English short names of ISO 3166-1 and the UN (M49) in plain reading order. So "St." and "&amp;" are spelled out, and {@link #OVERRIDES} has
 * those names that users would miss or that change with the JDK. Names that are well known as they are ("United Kingdom", "Russia",
 * "South Korea") stay, although ISO's are longer.
 */
public final class CountryNames {
  private static final Map<String, String> OVERRIDES = Map.of(
      "US", "United States of America",
      "CD", "Democratic Republic of the Congo",
      "CG", "Congo",
      "HK", "Hong Kong",
      "MM", "Myanmar",
      "MO", "Macao",
      "PS", "Palestine",
      "TR", "Türkiye",   // "Turkey" in JDK 17
      "VC", "Saint Vincent and the Grenadines");

  private static final Map<String, String> NAMES = names();

  private CountryNames() {
  }

  /** The name for a code in capitals; "" for "" and for codes that are no country. */
  public static String of(String region) {
    return NAMES.getOrDefault(region, "");
  }

  /** All of ISO's countries, and Kosovo, Ascension and Tristan da Cunha, which have numbers of their own. */
  private static Map<String, String> names() {
    var names = new HashMap<String, String>();
    for (String region : Locale.getISOCountries()) {
      names.put(region, plainName(region));
    }
    for (String region : PhoneNumberUtil.getInstance().getSupportedRegions()) {
      names.put(region, plainName(region));
    }
    names.putAll(OVERRIDES);
    return Map.copyOf(names);
  }

  private static String plainName(String region) {
    String name = new Locale("", region).getDisplayCountry(Locale.ENGLISH);
    return name.replace("St. ", "Saint ").replace(" & ", " and ").replace('’', '\'');
  }
}
