// What somebody does with an answer while it is written.

import { ASK_LINKS } from "../fixtures/model.mjs";
import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

test("the focus and the selection stay with their text", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/chat");
  const chat = chatPage(page);
  const selected = () => page.evaluate(() => getSelection()!.toString());
  const select = (n: number) =>
    chat.answers.getByText(`Paragraph ${n},`).evaluate((it) => getSelection()!.selectAllChildren(it));
  await chat.message.fill(ASK_LINKS);
  await chat.message.press("Enter");

  // Ada takes a link and a text as soon as they are there, in the block that is being written.
  const link = chat.answers.getByRole("link", { name: "link 2", exact: true });
  await link.focus();
  await select(2);
  for (const n of [3, 5, 11]) {
    await expect(chat.answers.getByRole("link", { name: `link ${n}`, exact: true })).toBeVisible();
    await expect(link).toBeFocused();
    expect(await selected()).toContain("Paragraph 2, with link 2 in it.");
  }

  // The last block keeps them, too, when the answer is complete.
  const last = chat.answers.getByRole("link", { name: "link 11", exact: true });
  await last.focus();
  await select(11);
  await expect(chat.answers).not.toHaveAttribute("aria-busy", "true");
  await expect(last).toBeFocused();
  expect(await selected()).toContain("Paragraph 11, with link 11");
});
