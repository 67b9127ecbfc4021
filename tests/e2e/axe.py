"""Ask axe-core what a page makes hard for people with a disability."""

from playwright.sync_api import Page

from tests.e2e.conftest import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ASK = """async () => {
  const rules = { 'target-size': { enabled: true } };
  const { violations } = await axe.run(document, { rules });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}"""


def serious_findings(page: Page) -> list[str]:
    """Return the serious and critical findings of axe-core, targets smaller than 24 px included."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # a script tag is against the page's content security policy
    return page.evaluate(ASK)
