"""The report of a soak as one HTML file that needs nothing else: its numbers, and charts by uPlot, which is in godwit.jar as a webjar."""
import html
import json
import re
import zipfile

import godwit_stack as stacks

MOST_POINTS = 720  # of a chart


def page(r, kept):
    script, style = uplot()
    charts = [c for c in all_charts(r) if any(any(v is not None for v in s["values"]) for s in c["series"])]
    return TEMPLATE.format(title=html.escape(f"Soak of {r['date']}: {'passed' if r['passed'] else 'FAILED'}"), style=style, script=script.replace("</script", "<\\/script"),
                           verdict=verdict_html(r), facts=facts_html(r, kept), how=HOW, charts=json.dumps(charts).replace("</", "<\\/"))


def uplot():
    """Its script and style."""
    with zipfile.ZipFile(stacks.JAR) as jar:
        names = jar.namelist()

        def read(ending):
            found = next((n for n in names if re.fullmatch(rf"META-INF/resources/webjars/uplot/[^/]+/dist/{ending}", n)), None)
            if not found:
                raise stacks.Problem(f"{stacks.JAR.name} has no {ending} of uPlot: build it again.")
            return jar.read(found).decode()
        return read(r"uPlot\.iife\.min\.js"), read(r"uPlot\.min\.css")


# ---- charts

def thinned(samples):
    step = max(1, -(-len(samples) // MOST_POINTS))
    return samples[::step]


def rounded(value):
    return None if value is None else round(value, 3)


def chart(title, unit, minutes, series, log=False):
    """`series`: {label: [value per minute-point]}. Axes: minutes since the beginning of the load, and the unit."""
    return {"title": title, "unit": unit, "x": [round(m, 3) for m in minutes], "log": log,
            "series": [{"label": label, "values": [rounded(v) for v in values]} for label, values in series.items()]}


def all_charts(r):
    some = thinned(r["samples"])
    minutes = [s["t"] / 60 for s in some]

    def line(choose):
        return [choose(s) for s in some]

    def by_name(key, names):
        return {n: line(lambda s: s[key].get(n)) for n in names}

    processes = sorted({n for s in some for n in s["rss_mb"]})
    charts = [
        chart("Throughput", "messages a second", minutes, {"accepted": line(lambda s: s["accepted"]), "final": line(lambda s: s["final"])}),
        chart("Accepted and not final yet (scheduled ones among them)", "messages", minutes, {"backlog": line(lambda s: s["backlog"])}),
        chart("POST to answer, by 10 s", "ms", minutes, {"p50": line(lambda s: s["p50"]), "p99": line(lambda s: s["p99"]), "max": line(lambda s: s["max"])}, log=True),
        chart("Over SMPP", "a second", minutes, {"accepted": line(lambda s: s.get("smpp_accepted")), "receipts told": line(lambda s: s.get("smpp_receipts"))}),
        way_chart(r),
        chart("Errors and refusals since the beginning", "messages", minutes, {"errors": line(lambda s: s["errors"]), "429 or 503": line(lambda s: s["refused"])}),
        chart("Memory of the gateway", "MB", minutes, {"heap: least after a collection": line(lambda s: s.get("heap_mb")), "RSS": line(lambda s: s["rss_mb"].get("gateway"))}),
        chart("Collector pauses of the gateway, by 10 s", "ms", minutes, {"pauses": line(lambda s: s.get("gc_ms"))}),
        chart("CPU", "cores", minutes, by_name("cpu", processes)),
        chart("RSS of the other processes", "MB", minutes, by_name("rss_mb", [p for p in processes if p != "gateway"])),
        chart("MongoDB, one member", "MB", minutes, {n: line(lambda s: s["mongo_mb"].get(n)) for n in ("data", "storage", "indexes")}),
        chart("Free disk", "GB", minutes, {"free": line(lambda s: s["free_gb"])}),
    ]
    return [c for c in charts if c]


def way_chart(r):
    """From the events themselves; by the minute of acceptance."""
    rows = r["minutes"]
    if not rows:
        return None
    first = rows[0]["minute"]
    return chart("Accepted to sent, and to delivered, by the events' times, by minute of acceptance (the burst is at the end)", "ms", [row["minute"] - first for row in rows],
                 {f"{way} {p}": [row[key][p] or None for row in rows] for way, key in (("sent", "sent"), ("delivered", "final")) for p in ("p50", "p99")}, log=True)


# ---- words

def verdict_html(r):
    def items(lines, kind):
        return "".join(f'<li class="{kind}">{html.escape(line)}</li>' for line in lines)
    return (f'<h1 class="{"good" if r["passed"] else "bad"}">{"Passed" if r["passed"] else "FAILED"}</h1>'
            f'<ul>{items(r["failures"], "bad")}{items(r["remarks"], "")}</ul>')


def smpp_words(s):
    told = s["told"]
    return (f"{s['sent']:,} submit_sm of {s['customers']} transceivers in {s['binds']} binds: {s['accepted']:,} accepted, {s['rejected']:,} rejected as they had to be, {s['refused']:,} told to come"
            f" back, {s['errors']:,} errors, {s['unanswered']:,} without an answer; submit_sm to answer p50 {s['answer']['p50']:.1f} ms, p99 {s['answer']['p99']:.1f} ms, longest"
            f" {s['answer']['max']:.0f} ms; {told['receipts']:,} receipts told of {told['messages']:,} messages, {told['replies']:,} replies")


def facts_html(r, kept):
    sent, audit, burst = r["sent"], r["audit"] or {}, r["burst"]
    noise = r["noise"]
    rows = [("Command", r["command"]), ("When, what", f"{r['date']}, commit {r['commit']}"),
            ("Machine", f"{r['cores']} cores ({r['cpu_model']}), {r['java']}; others used about {noise['cores_used_by_others']:.2f} cores meanwhile"),
            ("Stack", "given" if r["given"] else f"{r['replicas']} mongod, heap of the gateway {r['heap']}"),
            ("Sent", f"{sent['sent']:,} messages in {sent['requests']:,} requests over {sent['seconds'] / 60:.1f} minutes: {sent['accepted']:,} accepted, {sent['rejected']:,} rejected"
                     f" as they had to be, {sent['refused']:,} told to come back, {sent['errors']:,} errors"),
            ("POST to answer", f"p50 {sent['answer']['p50']:.1f} ms, p99 {sent['answer']['p99']:.1f} ms, longest {sent['answer']['max']:.0f} ms"),
            ("Messages by status", counts(audit.get("messages", {}))), ("Events by type", counts(audit.get("events", {}))),
            ("Audit", f"{audit.get('findings', '?')} findings, money {audit.get('money', '?')}, {audit.get('acceptedAndFound', '?')} accepted ids found,"
                      f" {audit.get('carrierIds', 'no')} ids of the carrier compared, of which {audit.get('carrierIdsExplained', 0)} were copies that events explain")]
    if sent.get("smpp"):
        rows.insert(6, ("Over SMPP, of these", smpp_words(sent["smpp"])))
    if burst:
        rows.append(("Burst", f"{burst['final_per_second']:,.0f} final a second, {burst['accepted_per_second']:,.0f} accepted, p99 {burst['answer']['p99']:.0f} ms;"
                              f" ceiling {burst['ceiling_per_second']:,.0f} a second and step with {burst['messages_per_unit']} messages a unit of work: ratio {burst['ratio']:.2f}"))
    if kept:
        rows.append(("Kept result", f"{kept['date']}, commit {kept['commit']}: ratio {kept['ratio'] if kept['ratio'] is None else round(kept['ratio'], 2)}"))
    return "".join(f"<tr><th>{html.escape(name)}</th><td>{html.escape(str(value))}</td></tr>" for name, value in rows)


def counts(numbers):
    return ", ".join(f"{name} {count:,}" for name, count in sorted(numbers.items())) or "unknown"


HOW = """Throughput, backlog and errors are differences of the gateway's own meters and of what its customers counted. The load is open: a slow answer delays no later
message. The burst keeps 256 requests under way, as fast as they are answered; its final messages a second are divided by what the plain driver moves through one step with as many
messages a unit of work on the same stores (a message takes several steps, and the customers' Java shares the machine: a ratio of 1 is out of reach). A run fails when that ratio is under 60 % of the kept one; when heap after collections or RSS rise steadily over the second
half (Theil-Sen slope times its length over 32 MB and 10 % of the median, Kendall's tau over 0.5); and when anything in the books is off."""

TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>{style}
body {{ font: 15px/1.45 system-ui, sans-serif; max-width: 1000px; margin: 2em auto; padding: 0 1em; color: #222; background: #fff }}
h1 {{ font-size: 1.5em }} h2 {{ font-size: 1.05em; margin: 1.8em 0 .3em }} h2 small {{ font-weight: normal; color: #666 }}
.good {{ color: #17691b }} .bad {{ color: #a31515 }} table {{ border-collapse: collapse }} th {{ text-align: left; white-space: nowrap }}
th, td {{ vertical-align: top; padding: .2em .8em .2em 0; border-bottom: 1px solid #eee; overflow-wrap: anywhere }} p {{ color: #444 }}
</style></head><body>
{verdict}
<table>{facts}</table>
<div id="charts"></div>
<h2>How it is measured and judged</h2><p>{how}</p>
<script>{script}</script>
<script>
const colours = ["#1565c0", "#c62828", "#2e7d32", "#ef6c00", "#6a1b9a", "#00838f", "#795548", "#546e7a"];
const charts = {charts};
for (const c of charts) {{
  const heading = document.createElement("h2");
  heading.textContent = c.title + " ";
  const unit = document.createElement("small");
  unit.textContent = "in " + c.unit + ", over minutes";
  heading.append(unit);
  const place = document.createElement("div");
  document.getElementById("charts").append(heading, place);
  const positive = v => c.log && v !== null && v <= 0 ? null : v;
  const number = v => v === null || v === undefined ? "–" : v.toLocaleString("en", {{maximumFractionDigits: 2}});
  new uPlot({{
    width: Math.min(960, document.body.clientWidth - 20), height: 260,
    scales: {{x: {{time: false}}, y: c.log ? {{distr: 3}} : {{range: (u, low, high) => [Math.min(0, low), high > 0 ? high * 1.08 : 1]}}}},
    axes: [{{label: "minutes", labelSize: 22}}, {{label: c.unit, size: 76, labelSize: 22, values: (u, ticks) => ticks.map(v => v === null ? "" : number(v))}}],
    series: [{{label: "minute", value: (u, v) => number(v)}}, ...c.series.map((s, i) => ({{
      label: s.label, stroke: colours[i % colours.length], width: 1.5, spanGaps: true, value: (u, v) => number(v), points: {{show: c.x.length < 40}}}}))],
  }}, [c.x, ...c.series.map(s => s.values.map(positive))], place);
}}
</script></body></html>
"""
