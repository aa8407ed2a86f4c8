// Files that cannot be attached.

import { NOTES, choose, files } from "../fixtures/files.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ settings: { ATTACHMENT_MAX_BYTES: "2048" }, expectedOnConsole: [/status of 400/] });

test("what cannot be attached is refused in a sentence", { tag: "@own-server" }, async ({ page, visit, scan, signedIn: _ }) => {
  await visit("/chat");
  const its = files(page);

  // One is too large, the other is fine.
  await choose(page, [NOTES, { ...NOTES, name: "book.txt", buffer: Buffer.alloc(2049, 65) }]);
  await expect(its.refusal).toHaveText(/book\.txt is too large: files of its kind may have 2\sKB at most\./);
  await expect(its.chips).toHaveCount(1);
  await scan("a file is refused");
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(its.refusal).toHaveCount(0);

  // There are too many.
  await choose(page, Array.from({ length: 11 }, (_, i) => ({ ...NOTES, name: `page ${i + 1}.txt` })));
  await expect(its.refusal).toHaveText("A message takes 10 files at most. The others were not attached.");
  await expect(its.chips).toHaveCount(10);

  // One is not what it says, which only the server can tell: it is a file like others.
  await page.getByRole("button", { name: "Remove notes.txt" }).click();
  await choose(page, [{ name: "fake.pdf", mimeType: "application/pdf", buffer: Buffer.from("no book") }]);
  await expect(its.chip("fake.pdf")).toHaveAttribute("data-status", "done");
});
