// Files that go along with a message.

import type { Page } from "@playwright/test";

import { type Chosen, NOTES, PICTURE, choose, files } from "../fixtures/files.ts";
import { chatPage } from "../fixtures/pages.ts";
import { expect, test } from "../fixtures/test.ts";

/** Makes files in the page and gives them to an event, as the clipboard and a drag do. */
async function give(page: Page, target: string, kinds: string[], given: Chosen) {
  await page.locator(target).first().evaluate(
    (element, { kinds, name, mimeType, bytes }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(bytes)], name, { type: mimeType }));
      for (const kind of kinds) {
        const rules = { bubbles: true, cancelable: true };
        const event = kind === "paste"
          ? new ClipboardEvent(kind, { ...rules, clipboardData: data })
          : new DragEvent(kind, { ...rules, dataTransfer: data });
        element.dispatchEvent(event);
      }
    },
    { kinds, name: given.name, mimeType: given.mimeType, bytes: [...given.buffer] },
  );
}

test.describe("with the model of the stories", { tag: "@own-server" }, () => {
  test("a file and a picture go along, and are there after a reload", async ({ page, visit, ready, scan, signedIn: _ }) => {
    await visit("/chat");
    const [chat, its] = [chatPage(page), files(page)];

    // Ada chooses a file; without a word it may be sent already.
    await expect(chat.send).toBeDisabled();
    await choose(page, [NOTES]);
    await expect(its.chip("notes.txt")).toContainText("18 bytes");
    await expect(its.status("1 file is attached.")).toBeAttached();
    await expect(chat.send).toBeEnabled();

    // She pastes a picture, which is shown small.
    await give(page, "textarea", ["paste"], { name: "photo.png", mimeType: "image/png", buffer: PICTURE });
    await expect(its.chip("photo.png").locator("img")).toHaveJSProperty("naturalWidth", 1);
    await scan("files are attached");

    // She drops another one on the conversation, which says where.
    const list = { name: "list.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") };
    await give(page, "[role=log]", ["dragenter", "dragover"], list);
    await expect(page.getByText("Drop files to attach them")).toBeVisible();
    await give(page, "[role=log]", ["drop"], list);
    await expect(page.getByText("Drop files to attach them")).toBeHidden();
    await expect(its.chips).toHaveCount(3);

    // She takes the first one away again.
    await page.getByRole("button", { name: "Remove notes.txt" }).click();
    await expect(its.chips).toHaveCount(2);
    await expect(chat.message).toBeFocused();

    // She sends; the chips are gone, and the message shows its files.
    await chat.message.fill("What is this?");
    await expect(its.status("2 files are attached.")).toBeAttached();
    await chat.message.press("Enter");
    await expect(its.chips).toHaveCount(0);
    await expect(chat.answers).toContainText("You said: What is this?");
    const shown = async () => {
      await expect(chat.questions.getByRole("img", { name: "photo.png" })).toHaveJSProperty("naturalWidth", 1);
      await expect(chat.questions.getByRole("link", { name: "list.csv" })).toBeVisible();
      await expect(chat.questions.getByText("notes.txt")).toHaveCount(0);
    };
    await shown();

    // It is so when she comes back.
    await page.reload();
    await ready();
    await shown();
  });

  test("a large file says how far it is, and the message waits", async ({ page, visit, signedIn: _, context }) => {
    await visit("/chat");
    const [chat, its] = [chatPage(page), files(page)];
    // Her line is slow.
    const line = await context.newCDPSession(page);
    const network = { offline: false, latency: 0, downloadThroughput: -1 };
    await line.send("Network.emulateNetworkConditions", { ...network, uploadThroughput: 256 * 1024 });

    await chat.message.fill("Here it is");
    await choose(page, [{ name: "film.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(4 * 1024 * 1024, 7) }]);

    // It moves, and the message cannot be sent yet, which is said.
    const progress = its.progress("film.bin");
    await expect(progress).toBeVisible();
    const value = async () => Number(await progress.getAttribute("value"));
    await expect.poll(value).toBeGreaterThan(0);
    const before = await value();
    expect(before).toBeLessThan(4 * 1024 * 1024);
    await expect.poll(value).toBeGreaterThan(before);
    await expect(chat.send).toBeDisabled();
    await expect(its.status("Uploading a file. The message can be sent when it is there.")).toBeVisible();
    await chat.message.press("Enter");
    await expect(chat.questions).toHaveCount(0);

    // She thinks better of it, and nothing keeps her words.
    await page.getByRole("button", { name: "Cancel the upload of film.bin" }).click();
    await expect(its.chips).toHaveCount(0);
    await expect(chat.send).toBeEnabled();

    // Once more, on a fast line: it arrives and goes along.
    await line.send("Network.emulateNetworkConditions", { ...network, uploadThroughput: -1 });
    await choose(page, [{ name: "film.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(4 * 1024 * 1024, 7) }]);
    await expect(its.chip("film.bin")).toContainText("4 MB");
    await chat.send.click();
    await expect(chat.questions.getByText("film.bin")).toBeVisible();
    await expect(chat.answers).toContainText("You said: Here it is");
  });

  test.describe("while the line is dead", () => {
    test.use({ expectedOnConsole: [/ERR_INTERNET_DISCONNECTED/] });

    test("a file that fails can be uploaded again", async ({ page, visit, scan, signedIn: _, context }) => {
      await visit("/chat");
      const [chat, its] = [chatPage(page), files(page)];
      await choose(page, [NOTES]);
      await expect(its.chip("notes.txt")).toContainText("18 bytes");

      // Her line is dead.
      await context.setOffline(true);
      await choose(page, [{ ...NOTES, name: "more.txt" }]);
      await expect(its.chip("more.txt")).toContainText("The server could not be reached.");
      await expect(chat.send).toBeDisabled();
      await expect(its.status("A file could not be uploaded.")).toBeVisible();
      await scan("an upload has failed");

      // It is back.
      await context.setOffline(false);
      await page.getByRole("button", { name: "Upload more.txt again" }).click();
      await expect(its.chip("more.txt")).toContainText("18 bytes");
      await chat.send.click();
      await expect(chat.questions.getByText("more.txt")).toBeVisible();
      await expect(chat.questions.getByText("notes.txt")).toBeVisible();
    });
  });

  test("there is no microphone where nothing turns speech into text", async ({ page, visit, signedIn: _ }) => {
    await visit("/chat");
    await expect(files(page).attach).toBeVisible();
    await expect(page.getByRole("button", { name: "Dictate" })).toHaveCount(0);
  });

  test.describe("when the server refuses", () => {
    test.use({ expectedOnConsole: [/status of 404/] });

    test("words and files come back", async ({ page, visit, signedIn }) => {
      await visit("/chat");
      const [chat, its] = [chatPage(page), files(page)];
      const created = page.waitForResponse(async (it) => (await it.text()).includes("upload_descriptor"));
      await choose(page, [NOTES]);
      const { id } = await (await created).json();
      await expect(its.chip("notes.txt")).toContainText("18 bytes");

      // Elsewhere, the file is deleted.
      await signedIn.request("attachments.delete", { attachment_id: id });

      // The message is refused, which is said; Ada has what she wrote, takes the file away, and goes on.
      await chat.message.fill("Read this");
      await chat.send.click();
      await expect(chat.alert).toHaveText(/[A-Z].{10,}\./);
      await expect(chat.message).toHaveValue("Read this");
      await expect(chat.questions).toHaveCount(0);
      await page.getByRole("button", { name: "Remove notes.txt" }).click();
      await chat.send.click();
      await expect(chat.answers).toContainText("You said: Read this");
    });
  });

  test("files stay with the chat that they were attached to", async ({ page, visit, signedIn: _ }) => {
    await visit("/chat");
    const [chat, its] = [chatPage(page), files(page)];
    await chat.message.fill("Hello");
    await chat.send.click();
    await expect(chat.answers).toContainText("You said: Hello");
    await choose(page, [NOTES]);
    await expect(its.chips).toHaveCount(1);

    // A new chat has none of them; they are there when she goes back.
    await chat.newChat.click();
    await expect(chat.empty).toBeVisible();
    await expect(its.chips).toHaveCount(0);
    await chat.chat("Hello").click();
    await expect(its.chip("notes.txt")).toBeVisible();
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in a ${colorScheme} scheme, on a phone`, { tag: "@own-server" }, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 } });

    test("attached files are readable", async ({ page, visit, scan, signedIn: _ }) => {
      await visit("/chat");
      const its = files(page);
      await choose(page, [
        NOTES,
        { name: "a picture with a name that is far too long.png", mimeType: "image/png", buffer: PICTURE },
      ]);
      await expect(its.status("2 files are attached.")).toBeAttached();
      await scan("files are attached");
    });
  });
}
