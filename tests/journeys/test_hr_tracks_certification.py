"""Personnel officers find who is certified, export it and verify a certificate; a county sees its own people only."""

from __future__ import annotations

import io
from collections.abc import Callable

import zxingcpp
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Page, expect
from pypdfium2 import PdfDocument

from tests.running import Installation

PROVINCE, COUNTY = "chen.jing", "zhao.lei"


def rows_of(page: Page, installation: Installation) -> list[list[str]]:
    """Return the exported workbook, as text."""
    page.goto(f"{installation.portal_url}/hr/")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出（XLSX）").click()
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets[0]
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


def printed_address(document: bytes) -> str:
    """Return what a telephone reads from the certificate's QR code."""
    sheet = PdfDocument(document)[0].render(scale=2).to_pil()
    return str(zxingcpp.read_barcodes(sheet)[0].text)


def test_hr_finds_both_exports_and_verifies(
    installation: Installation, sign_in: Callable[..., Page], new_context: Callable[..., BrowserContext]
) -> None:
    page = sign_in(PROVINCE)

    page.goto(f"{installation.portal_url}/hr/")
    people = page.locator("main table")
    expect(people.get_by_role("row").filter(has_text="李伟")).to_contain_text("智慧城市治理能力证书")
    expect(people.get_by_role("row").filter(has_text="王芳")).to_contain_text("城市数据分析实训证书")
    exported = rows_of(page, installation)
    text = "\n".join(" ".join(row) for row in exported)
    assert "李伟" in text
    assert "王芳" in text
    assert "CSSJ-" in text

    page.goto(f"{installation.portal_url}/hr/")
    page.get_by_role("link", name="王芳").click()
    certificate = page.get_by_role("link", name="PDF").first.get_attribute("href")
    printed = page.request.get(f"{installation.portal_url}{certificate}").body()
    stranger = new_context().new_page()
    stranger.goto(printed_address(printed))
    expect(stranger.locator("main")).to_contain_text("有效")
    expect(stranger.locator("main")).to_contain_text("王芳")


def test_a_county_sees_nobody_of_another_county(installation: Installation, sign_in: Callable[..., Page]) -> None:
    foreign = sign_in(PROVINCE)
    foreign.goto(f"{installation.portal_url}/hr/")
    hidden = foreign.get_by_role("link", name="李伟").get_attribute("href")
    page = sign_in(COUNTY)

    page.goto(f"{installation.portal_url}/hr/")
    expect(page.locator("main table")).to_contain_text("周敏")
    expect(page.locator("main")).not_to_contain_text("李伟")
    expect(page.locator("main")).not_to_contain_text("长安区数据局")
    assert "李伟" not in "\n".join(" ".join(row) for row in rows_of(page, installation))
    refused = page.goto(f"{installation.portal_url}{hidden}")

    assert refused is not None
    assert refused.status == 404
    page.goto(f"{installation.portal_url}/search/?q=李伟")
    expect(page.locator("main")).not_to_contain_text("长安区数据局")
