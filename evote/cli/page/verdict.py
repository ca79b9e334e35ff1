"""What the verifier found: the verdict first, then every check by name, and what was not checked."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from evote.cli.page.element import element, listing, section, table
from evote.cli.verify import VERDICTS
from evote.record.report import Finding
from evote.verify import Report

STATES = {0: "verified", 1: "refuted", 2: "incomplete"}  # by exit status
SIGNS = {"verified": "✓", "refuted": "✗", "incomplete": "…"}


def verdict_section(report: Report) -> Element:
    """Return the verdict, what speaks against the record, and which election this is."""
    word, _, meaning = VERDICTS[report.status][0].partition(": ")
    sign = element("span", SIGNS[STATES[report.status]], class_="sign", aria_hidden="true")
    parts = [element("p", sign, " ", element("strong", word), f": {meaning}.", class_="verdict")]
    if report.failures:
        parts.append(listing("ul", (_failure(finding) for finding in report.failures)))
    if report.status == 1:
        parts.append(element("p", "Results and turnout are left out: nothing is shown of a record that is false."))
    parts.append(_facts(report))
    made = section("verdict", "Verdict", *parts)
    made.set("class", STATES[report.status])
    return made


def _failure(finding: Finding) -> Element:
    kind = "Absent" if finding.absent else "False"
    return element("span", element("strong", kind), " ", element("code", finding.check), f": {finding.error}")


def _facts(report: Report) -> Element:
    facts: list[tuple[str, Element]] = []
    if report.election:
        facts.append(("Fingerprint of the election", element("code", report.election.fingerprint.hex())))
    if any(finding.check == "record.origin" and finding.held for finding in report.findings):
        facts.append(("Origin", element("span", "the fingerprint is the one that the auditor brought")))
    facts += [("Note", element("span", note)) for note in report.notes]
    return _definitions(facts)


def _definitions(facts: list[tuple[str, Element]]) -> Element:
    return element("dl", *(element("div", element("dt", name), element("dd", value)) for name, value in facts))


def checks_section(report: Report) -> Element:
    """Return every check with its verdict, the scope, the seed, and the checks that were not reached."""
    parts: list[Element] = []
    if report.findings:
        rows = [_row(finding, report.checks.get(finding.check, "")) for finding in report.findings]
        caption = "Checks made, and how often each held"
        parts.append(table(caption, ("Check", "Held", "Verdict"), rows, [1], long=len(rows)))
    reached = {finding.check for finding in report.findings}
    missed = [_check(check, meaning) for check, meaning in report.checks.items() if check not in reached]
    parts.append(element("h3", "Scope, and what was not checked"))
    parts += [element("p", f"{line}.") for line in report.scope]
    if missed:
        parts.append(element("p", "Not reached, because the record holds nothing to which they apply, or because "
                             "something before them failed:"))  # fmt: skip
        parts.append(listing("ul", missed))
    if report.seed:
        parts.append(_definitions([("Seed of the batch weights", element("code", report.seed.hex()))]))
    return section("checks", "Checks", *parts)


def _row(finding: Finding, meaning: str) -> tuple[Element, str, Element]:
    if finding.error:
        word, state = ("absent", "incomplete") if finding.absent else ("false", "refuted")
    else:
        word, state = "held", "verified"
    sign = element("span", f"{SIGNS[state]} ", aria_hidden="true")
    verdict = element("span", sign, word, class_=f"state {state}")
    return _check(finding.check, finding.error or meaning), str(finding.held), verdict


def _check(name: str, meaning: str) -> Element:
    first, *rest = name.split(".")
    code = element("code", first, *(part for word in rest for part in (".", element("wbr"), word)))
    return element("span", code, element("br"), element("small", meaning))
