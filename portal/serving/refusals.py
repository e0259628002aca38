"""What the server itself answers when a request never reaches the site."""

from __future__ import annotations

from waitress.task import ErrorTask
from waitress.utilities import Error

SENTENCES = {
    400: ("请求不完整，无法处理。请返回重试。", "The request is broken and cannot be handled. Please go back and try again."),
    408: (
        "数据传输太慢，已停止接收，没有保存任何内容。请检查网络后重试。",
        "The data came too slowly and was no longer waited for. Nothing was saved. Please check the network and try again.",
    ),
    413: (
        "内容太大，没有接收。请登录后再试，或分成几次上传。",
        "It is too large and was not taken. Please sign in first, or upload it in parts.",
    ),
    431: (
        "地址或浏览器数据太长，无法处理。请清除本站的 Cookie 后重试。",
        "The address or the browser's data is too long. Please clear the cookies of this site and try again.",
    ),
    500: ("服务器出错，请稍后重试。", "The server failed. Please try again later."),
    501: ("服务器不支持这种传输方式。", "The server does not know this way of sending."),
}  # fmt: skip


class TooSlow(Error):
    """A body that was waited for long enough."""

    code = 408
    reason = "Request Timeout"


class Refusal(ErrorTask):
    """Says in both languages what happened and what to do; never what the library noticed."""

    def execute(self) -> None:
        """Write the answer and close."""
        error = self.request.error
        chinese, english = SENTENCES.get(error.code, SENTENCES[500])
        body = f"{chinese}\n\n{english}\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)
