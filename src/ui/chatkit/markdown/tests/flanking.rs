//! CommonMark's flanking rule beside wide punctuation.

use super::{check, check_lines};

#[test]
fn strong_text_stands_beside_punctuation() {
    check_lines(&[
        ("请先看**注意：**不要关机。", "请先看<strong>注意：</strong>不要关机。"),
        ("これは**「締め切り」**です。", "これは<strong>「締め切り」</strong>です。"),
        ("これは**私のやりたかったこと。**だから。", "これは<strong>私のやりたかったこと。</strong>だから。"),
        (
            "**[製品](https://a.example/)**と**[次](https://b.example/)**を",
            "<strong><a href=\"https://a.example/\">製品</a></strong>と<strong><a href=\"https://b.example/\">次</a></strong>を",
        ),
        ("先頭の**`コード`も注意。**", "先頭の<strong><code>コード</code>も注意。</strong>"),
        ("**末尾の`コード`**も注意。", "<strong>末尾の<code>コード</code></strong>も注意。"),
        ("税込**¥10,000**で", "税込<strong>¥10,000</strong>で"),
        ("正解は**④**です。", "正解は<strong>④</strong>です。"),
        ("太郎は**\"こんにちわ\"**といった", "太郎は<strong>&quot;こんにちわ&quot;</strong>といった"),
        (
            "**C#**や**F#**は**「.NET」**という",
            "<strong>C#</strong>や<strong>F#</strong>は<strong>「.NET」</strong>という",
        ),
        ("Go**「初心者」**を", "Go<strong>「初心者」</strong>を"),
        ("・**㋐**:選択肢", "・<strong>㋐</strong>:選択肢"),
        (".NET**（.NET Frameworkは不可）**では", ".NET<strong>（.NET Frameworkは不可）</strong>では"),
        ("**한국어(괄호)**를 강조", "<strong>한국어(괄호)</strong>를 강조"),
        ("대괄호**[1]**는", "대괄호<strong>[1]</strong>는"),
        ("塚\u{fe00}**(あ)**と", "塚\u{fe00}<strong>(あ)</strong>と"),
        ("葛\u{e0100}**(あ)**と", "葛\u{e0100}<strong>(あ)</strong>と"),
        ("注意**:重要:**です", "注意<strong>:重要:</strong>です"),
        ("𠮷**（𠮷）**𠮷", "𠮷<strong>（𠮷）</strong>𠮷"),
        ("见**<https://a.example/>**吧", "见<strong><a href=\"https://a.example/\">https://a.example/</a></strong>吧"),
        ("值**$x$：**大", "值<strong><math>x</math>：</strong>大"),
        ("**😀：**好", "<strong>😀：</strong>好"),
    ]);
}

#[test]
fn every_delimiter_follows_the_rule() {
    check_lines(&[
        ("*（斜体）*和~~（删除）~~后面", "<em>（斜体）</em>和<del>（删除）</del>后面"),
        ("请***（一）：***看", "请<em><strong>（一）：</strong></em>看"),
        ("请**～～（一）**看", "请<strong>～～（一）</strong>看"),
        ("请~~**（一）**~~看", "请<del><strong>（一）</strong></del>看"),
        ("请**~~（一）~~**看", "请<strong><del>（一）</del></strong>看"),
        ("这是**_重要_**的", "这是<strong><em>重要</em></strong>的"),
        ("这是*__重要__*的", "这是<em><strong>重要</strong></em>的"),
        ("「_重要_」と", "「<em>重要</em>」と"),
        ("中_「重要」_文", "中_「重要」_文"),
        ("中__重要__文", "中__重要__文"),
        ("**「一」**と*「二」*と", "<strong>「一」</strong>と<em>「二」</em>と"),
        ("*外**（内）**外*中", "<em>外<strong>（内）</strong>外</em>中"),
        ("全角 ** 空白 **のまま", "全角 ** 空白 **のまま"),
        ("\\**「x」\\**中", "*<em>「x」*</em>中"),
        ("`**「x」**中`", "<code>**「x」**中</code>"),
        ("中**\u{3000}x**", "中**\u{3000}x**"),
    ]);
}

#[test]
fn the_rule_holds_in_every_block() {
    check(&[
        ("- **步骤一（准备）：**把水烧开", "<ul><li><strong>步骤一（准备）：</strong>把水烧开</li></ul>"),
        ("1. **步骤（一）。**把", "<ol><li><strong>步骤（一）。</strong>把</li></ol>"),
        ("## **步骤（一）：**准备", "<h2><strong>步骤（一）：</strong>准备</h2>"),
        ("**步骤：**准备\n===", "<h1><strong>步骤：</strong>准备</h1>"),
        ("> 看**「一」**吧", "<blockquote><p>看<strong>「一」</strong>吧</p></blockquote>"),
        (
            "| 看**「一」**吧 | *（二）*三 |\n|---|---|\n|**「四」**|~~（五）~~六|",
            "<table><thead><tr><th>看<strong>「一」</strong>吧</th><th><em>（二）</em>三</th></tr></thead><tbody><tr>\
             <td><strong>「四」</strong></td><td><del>（五）</del>六</td></tr></tbody></table>",
        ),
        (
            "[看**「一」**吧](https://a.example/**「x」**)",
            "<p><a href=\"https://a.example/**%E3%80%8Cx%E3%80%8D**\">看<strong>「一」</strong>吧</a></p>",
        ),
        ("```\n看**「一」**吧\n```", "<pre><code>看**「一」**吧\n</code></pre>"),
        ("    看**「一」**吧", "<pre><code>看**「一」**吧</code></pre>"),
        ("<div title=\"看**「一」**吧\">", "<p>&lt;div title=&quot;看**「一」**吧&quot;&gt;</p>"),
    ]);
}

#[test]
fn a_phrase_may_end_with_punctuation() {
    check_lines(&[
        ("**Note:**text", "<strong>Note:</strong>text"),
        ("**Note:** text", "<strong>Note:</strong> text"),
        ("A **warning!**Then", "A <strong>warning!</strong>Then"),
        ("**(optional)**value", "<strong>(optional)</strong>value"),
        ("**Really?**Yes", "<strong>Really?</strong>Yes"),
        ("**1.**First **2.**Second", "<strong>1.</strong>First <strong>2.</strong>Second"),
        ("*Note:*text", "<em>Note:</em>text"),
        ("***Note:***text", "<em><strong>Note:</strong></em>text"),
        ("**50%**of", "<strong>50%</strong>of"),
        ("**“Title”**by", "<strong>“Title”</strong>by"),
        ("**Внимание:**текст", "<strong>Внимание:</strong>текст"),
        ("x,**bold** y", "x,<strong>bold</strong> y"),
        ("**`Vec`**s and *`x`*y", "<strong><code>Vec</code></strong>s and <em><code>x</code></em>y"),
        ("**[a](https://a.example/)**s", "<strong><a href=\"https://a.example/\">a</a></strong>s"),
        ("**[1]**and", "<strong>[1]</strong>and"),
        ("**C#**based, **C++**like", "<strong>C#</strong>based, <strong>C++</strong>like"),
        ("**<kbd>a</kbd>**s **$x$**s", "<strong><kbd>a</kbd></strong>s <strong><math>x</math></strong>s"),
        ("`a`**b** c", "<code>a</code><strong>b</strong> c"),
        ("**a `b` **c", "**a <code>b</code> **c"),
        ("a**\"foo\"**b", "a**&quot;foo&quot;**b"),
        ("**(**foo)", "**(**foo)"),
    ]);
}

#[test]
fn other_scripts_without_spaces_follow_the_rule() {
    check_lines(&[
        ("ไทย**(ตัวหนา)**ครับ", "ไทย<strong>(ตัวหนา)</strong>ครับ"),
        ("คำว่า**\"สวัสดี\"**คือ", "คำว่า<strong>&quot;สวัสดี&quot;</strong>คือ"),
        ("น้ำ*(น้ำ)*น้ำ", "น้ำ<em>(น้ำ)</em>น้ำ"),
        ("ລາວ**(ຕົວໜາ)**ລາວ", "ລາວ<strong>(ຕົວໜາ)</strong>ລາວ"),
        ("ខ្មែរ**(ដិត)**ខ្មែរ", "ខ្មែរ<strong>(ដិត)</strong>ខ្មែរ"),
        ("မြန်မာ~~(စာ)~~မြန်", "မြန်မာ<del>(စာ)</del>မြန်"),
        ("слово**(в скобках)**слово", "слово**(в скобках)**слово"),
        ("हिन्दी**(मोटा)**है", "हिन्दी**(मोटा)**है"),
    ]);
}

#[test]
fn odd_characters_stand_beside_emphasis() {
    check_lines(&[
        ("ｶﾅ**｢半角｣**ﾉ括弧｡**次｡**ﾊ", "ｶﾅ<strong>｢半角｣</strong>ﾉ括弧｡<strong>次｡</strong>ﾊ"),
        ("ｶﾞ**「ﾊﾞ」**ﾃﾞ", "ｶﾞ<strong>「ﾊﾞ」</strong>ﾃﾞ"),
        ("中**❤\u{fe0f}：**文", "中<strong>❤\u{fe0f}：</strong>文"),
        ("**⚠\u{fe0f}注意：**请", "<strong>⚠\u{fe0f}注意：</strong>请"),
        ("☺\u{fe0f}**（笑）**☺\u{fe0f}", "☺\u{fe0f}<strong>（笑）</strong>☺\u{fe0f}"),
        ("中**👨\u{200d}👩\u{200d}👧！**文", "中<strong>👨\u{200d}👩\u{200d}👧！</strong>文"),
        ("辻\u{e0100}**（つじ）**さん", "辻\u{e0100}<strong>（つじ）</strong>さん"),
        ("𠮷野家**（𩸽）**𠮷", "𠮷野家<strong>（𩸽）</strong>𠮷"),
        ("㎏**（単位）**㍿**（株）**", "㎏<strong>（単位）</strong>㍿<strong>（株）</strong>"),
        ("ㄅ**（注音）**ㄈ", "ㄅ<strong>（注音）</strong>ㄈ"),
        ("**“你好”**说，他说**“你好”**，", "<strong>“你好”</strong>说，他说<strong>“你好”</strong>，"),
        ("패키지 **`npm`**은 *(이)*과", "패키지 <strong><code>npm</code></strong>은 <em>(이)</em>과"),
        ("English**（英語）**English", "English<strong>（英語）</strong>English"),
        ("我**（很）*（非常）*（很）**好", "我<strong>（很）<em>（非常）</em>（很）</strong>好"),
        ("～**5～10**～", "～<strong>5～10</strong>～"),
    ]);
}

#[test]
fn a_single_tilde_says_about() {
    check_lines(&[
        ("~5 to ~10", "~5 to ~10"),
        ("5~10 or 6~8", "5~10 or 6~8"),
        ("~$5~ a month", "~$5~ a month"),
        ("a ~b~ c", "a ~b~ c"),
        ("(~5~) and ~~6~~", "(~5~) and <del>6</del>"),
        ("~10%~20%", "~10%~20%"),
        ("约~5~个，约 ~5~ 个", "约~5~个，约 ~5~ 个"),
        ("~~a ~b~ c~~", "<del>a ~b~ c</del>"),
        ("**~5~**", "<strong>~5~</strong>"),
        ("~/a and ~/b/~c~", "~/a and ~/b/~c~"),
        ("[~a~](https://a.example/~b~)", "<a href=\"https://a.example/~b~\">~a~</a>"),
        ("<https://a.example/~b~/>", "<a href=\"https://a.example/~b~/\">https://a.example/~b~/</a>"),
        ("https://a.example/~b/~c", "<a href=\"https://a.example/~b/~c\">https://a.example/~b/~c</a>"),
        ("`~a~`", "<code>~a~</code>"),
    ]);
    check(&[("```\n~a~\n```", "<pre><code>~a~\n</code></pre>")]);
}
