"""Schematron to XSLT: the official rules of EN 16931 (one file, queryBinding xslt2) as a style sheet that Saxon runs. Only
what that file uses: patterns, rules, asserts, let, phases left out. The first rule of a pattern whose context fits is asked.

usage: rules.py RULES.sch OUT.xsl
"""
import sys
import xml.etree.ElementTree as ET

SCH = "{http://purl.oclc.org/dsdl/schematron}"
XSL = "http://www.w3.org/1999/XSL/Transform"


def quoted(text):
    return (text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;"))


def variable(node):
    return f'<xsl:variable name="{node.get("name")}" select="{quoted(node.get("value"))}"/>'


def template(rule, mode, priority):
    """What does not hold is written as a line: its code."""
    lines = [f'<xsl:template match="{quoted(rule.get("context"))}" mode="{mode}" priority="{priority}">']
    lines += [variable(n) for n in rule.findall(SCH + "let")]
    for n in rule.findall(SCH + "assert"):
        if n.get("flag") == "fatal":
            lines.append(f'<xsl:if test="not({quoted(n.get("test"))})"><xsl:text>{n.get("id")}&#10;</xsl:text></xsl:if>')
    lines.append(f'<xsl:apply-templates select="@*|*" mode="{mode}"/></xsl:template>')
    return lines


def style_sheet(path):
    root = ET.parse(path).getroot()
    spaces = " ".join(f'xmlns:{n.get("prefix")}="{n.get("uri")}"' for n in root.findall(SCH + "ns") if n.get("prefix") != "xsl")
    out = [f'<xsl:stylesheet version="2.0" xmlns:xsl="{XSL}" {spaces}>', '<xsl:output method="text"/>']
    out += [variable(n) for n in root.findall(SCH + "let")]
    modes = []
    for p, pattern in enumerate(root.findall(SCH + "pattern")):
        rules, mode = pattern.findall(SCH + "rule"), f"m{p}"
        modes.append(f'<xsl:apply-templates select="/" mode="{mode}"/>')
        out += [variable(n) for n in pattern.findall(SCH + "let")]
        out.append(f'<xsl:template match="@*|node()" mode="{mode}" priority="-9"><xsl:apply-templates select="@*|*" '
                   f'mode="{mode}"/></xsl:template>')
        for i, rule in enumerate(rules):
            out += template(rule, mode, len(rules) - i)
    out += ['<xsl:template match="/"><xsl:text>', "</xsl:text>", *modes, "</xsl:template>", "</xsl:stylesheet>"]
    return "\n".join(out)


if __name__ == "__main__":
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        f.write(style_sheet(sys.argv[1]))
