"""The same measurement several times in one run: what lies in the middle, and how far apart the ends are."""
import statistics


def middle(rounds, *path):
    """Median, least and most of the figure that each round has under that path of keys."""
    values = [figure(r, path) for r in rounds]
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def figure(found, path):
    for key in path:
        found = found[key]
    return found


def words(m, digits=0):
    """`8,123 [7,900–8,400]`; a single round has no range."""
    def number(value):
        return f"{value:,.{digits}f}"
    return number(m["median"]) + (f" [{number(m['least'])}–{number(m['most'])}]" if m["least"] != m["most"] else "")


def asked(m, wanted):
    """The median against what was asked for."""
    return f"asked for: ≥ {wanted:,}/s, {'met' if m['median'] >= wanted else 'MISSED'}"


def cores(rounds):
    """Medians of the cores that each process used."""
    names = {name: None for r in rounds for name in r["cpu_cores"]}
    return ", ".join(f"{n} {statistics.median(r['cpu_cores'].get(n, 0) for r in rounds):.2f}" for n in names)
