// Answers that survive: reloads, lost connections, other tabs, restarts.

import type { Page } from "@playwright/test";

import { Client, newAccount } from "../fixtures/client.mjs";
import { answerTo, chatPage } from "../fixtures/pages.ts";
import { startPlain } from "../fixtures/plain.mjs";
import { startServer } from "../fixtures/server.mjs";
import { expect, signIn, test } from "../fixtures/test.ts";

test.use({ demo: true });

/** What the demo answers to `/slow n`. */
const words = (n: number) => Array.from({ length: n }, (_, i) => `w${i}`).join(" ");

/** Sends a message. */
async function say(page: Page, text: string) {
  await chatPage(page).message.fill(text);
  await chatPage(page).message.press("Enter");
}

/** Expects the last answer to have come to its end, whole and once. */
async function expectWhole(page: Page, n: number, n_answers = 1) {
  const chat = chatPage(page);
  await expect(chat.answers.last()).toContainText(`w${n - 1}`, { timeout: 30_000 });
  await expect(chat.answers.last()).not.toHaveAttribute("aria-busy", "true");
  await expect(chat.answers.last().getByRole("paragraph")).toHaveText(words(n));
  await expect(chat.answers).toHaveCount(n_answers);
  await expect(chat.interrupted).toHaveCount(0);
  await expect(chat.send).toBeVisible();
}

test.describe("an answer goes on", { tag: "@own-server" }, () => {
  test("when the page is loaded again", async ({ page, visit, ready, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);

    // Ada loads the page again in the middle of an answer.
    await say(page, "/slow 120");
    await expect(chat.answers).toContainText("w5 ");
    await expect(page).toHaveURL(/\/chat\/thr_/);
    await page.reload();
    await ready();

    // It goes on where it was, can be stopped, and comes to its end.
    await expect(chat.answers).toContainText("w5 ");
    await expect(chat.answers).toHaveAttribute("aria-busy", "true");
    await expect(chat.stop).toBeVisible();
    await expectWhole(page, 120);
    await expect(chat.questions).toHaveCount(1);

    // She writes the next message.
    await say(page, "/slow 2");
    await expectWhole(page, 2, 2);
  });

  test("while another chat is open", async ({ page, visit, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);

    // Ada begins another chat while the first one is being answered.
    await say(page, "/slow 120");
    await expect(chat.answers).toContainText("w5 ");
    await chat.newChat.click();
    await expect(chat.empty).toBeVisible();
    await say(page, "/slow 3");
    await expectWhole(page, 3);

    // Back in the first one, nothing is lost, and it goes on.
    await chat.chat("/slow 120").click();
    await expect(chat.answers).toContainText("w9 ");
    await expectWhole(page, 120);
  });
});

test.describe("without a network", () => {
  test.use({ expectedOnConsole: [/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_INCOMPLETE|ERR_NETWORK/] });

  test("an answer goes on when it is back", { tag: "@own-server" }, async ({
    page,
    context,
    visit,
    ready,
    signedIn: _,
  }) => {
    await visit("/chat");
    const chat = chatPage(page);
    await say(page, "/slow 80");
    await expect(chat.answers).toContainText("w5 ");

    // The network goes: the page says so, and keeps what came.
    await context.setOffline(true);
    await expect(chat.reconnecting).toBeVisible();
    await expect(chat.answers).toContainText("w5 ");
    await expect(chat.interrupted).toHaveCount(0);

    // It comes back: the answer goes on, and no word is doubled.
    await context.setOffline(false);
    await expect(chat.reconnecting).toBeHidden();
    await expectWhole(page, 80);

    // What is said without a network arrives later, and once.
    await context.setOffline(true);
    await say(page, "/slow 4");
    await expect(chat.reconnecting).toBeVisible();
    await expect(chat.questions).toHaveCount(2);
    await context.setOffline(false);
    await expectWhole(page, 4, 2);
    await page.reload();
    await ready();
    await expect(chat.questions).toHaveCount(2);
    await expectWhole(page, 4, 2);
  });

  test("a message that is taken back is in the composer", { tag: "@own-server" }, async ({
    page,
    context,
    visit,
    signedIn: _,
  }) => {
    await visit("/chat");
    const chat = chatPage(page);
    await say(page, "/slow 2");
    await expectWhole(page, 2);

    // Ada sends a message that cannot leave, and thinks again.
    await context.setOffline(true);
    await say(page, "Not yet");
    await expect(chat.reconnecting).toBeVisible();
    await chat.stop.click();
    await expect(chat.message).toHaveValue("Not yet");
    await expect(chat.questions).toHaveCount(1);
    await context.setOffline(false);
    await expect(chat.send).toBeEnabled();
  });
});

test.describe("other tabs", { tag: "@own-server" }, () => {
  test("show an answer as it streams, and can stop it", async ({ page, context, visit, ready, signedIn }) => {
    const id = await signedIn.createThread("/slow 2");
    await visit(`/chat/${id}`);
    const other = await context.newPage();
    await other.goto(`/chat/${id}`);
    await ready(other);

    // Ada asks in one tab, and reads in both.
    await say(page, "/slow 100");
    for (const tab of [page, other]) {
      await expect(chatPage(tab).answers.last()).toContainText("w3 ");
      await expect(chatPage(tab).answers.last()).toHaveAttribute("aria-busy", "true");
      await expect(chatPage(tab).questions).toHaveText([/\/slow 2/, /\/slow 100/]);
    }
    for (const tab of [page, other]) await expectWhole(tab, 100, 2);

    // She asks in the other one, and stops in the first.
    await say(other, "/slow 300");
    for (const tab of [page, other]) {
      await expect(chatPage(tab).answers).toHaveCount(3);
      await expect(chatPage(tab).answers.last()).toContainText("w3 ");
    }
    await chatPage(page).stop.click();
    for (const tab of [page, other]) {
      await expect(chatPage(tab).stopped).toBeVisible();
      await expect(chatPage(tab).answers.last()).not.toHaveAttribute("aria-busy", "true");
      await expect(chatPage(tab).send).toBeVisible();
    }
    await other.close();
  });

  test("know which chats there are", async ({ page, context, visit, ready, signedIn: _ }) => {
    await visit("/chat");
    const other = await context.newPage();
    await other.goto("/chat");
    await ready(other);
    const [here, there] = [chatPage(page), chatPage(other)];

    // A chat that begins in one tab is in the list of the other, which opens it while it is being answered.
    await say(page, "/slow 40");
    await there.chat("/slow 40").click();
    await expect(there.answers).toContainText("w3 ");
    await expectWhole(other, 40);

    // It gets a name here; there it has that name, too.
    await here.actions("/slow 40").click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await page.getByRole("textbox", { name: "Title" }).fill("Forty words");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(there.chat("Forty words")).toBeVisible();
    await expect(other.getByRole("heading", { level: 1, name: "Forty words" })).toBeVisible();

    // It is deleted here; there it is gone, and the page says why.
    await here.actions("Forty words").click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await expect(there.chat("Forty words")).toHaveCount(0);
    await expect(other.getByText("This chat was deleted in another window.")).toBeVisible();
    await expect(other).toHaveURL(/\/chat$/);
    await other.close();
  });
});

test.describe("an answer is written again", { tag: "@own-server" }, () => {
  test("in the place of the old one, which comes back if it is stopped", async ({ page, visit, ready, scan, signedIn }) => {
    const id = await signedIn.createThread("/slow 40");
    await visit(`/chat/${id}`);
    const chat = chatPage(page);
    await expectWhole(page, 40);

    // Ada wants another answer: it stands where the old one stood.
    await chat.answers.hover();
    await chat.answerAgain.click();
    await expect(chat.answers).toHaveAttribute("aria-busy", "true");
    await expect(chat.answers).toHaveCount(1);
    await expect(chat.answers).not.toContainText("w39");
    await scan("a chat with an answer that is written again");
    await expectWhole(page, 40);
    await page.reload();
    await ready();
    await expectWhole(page, 40);

    // She wants yet another one, but stops it: the old one is there.
    await chat.answers.hover();
    await chat.answerAgain.click();
    await expect(chat.answers).toContainText("w2 ");
    await expect(chat.answers).not.toContainText("w39");
    await chat.stop.click();
    await expectWhole(page, 40);
  });

  test("when it failed", async ({ page, visit, scan, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);

    // The model fails: the page says what happened, and offers another try.
    await say(page, "/fail 500");
    await expect(chat.alert).toBeVisible();
    await expect(chat.interrupted).toBeHidden();
    await scan("a chat with an answer that failed");

    // It fails again, and nothing is doubled.
    await chat.tryAgain.click();
    await expect(chat.tryAgain).toBeVisible();
    await expect(chat.questions).toHaveCount(1);
    await expect(chat.answers).toHaveCount(1);
  });
});

test.describe("a server crashes", { tag: "@own-server" }, () => {
  // While it starts or ends, it says that it is not there.
  test.use({ expectedOnConsole: [/ERR_CONNECTION|ERR_INCOMPLETE|ERR_NETWORK|ERR_EMPTY|status of 503/] });

  test("while it answers, and says so when it is back", async ({ page, context, ready }) => {
    const server = await startServer();
    await signIn(context, await Client.signUp(server.url, newAccount()));
    await page.goto(`${server.url}/chat`);
    await ready();
    const chat = chatPage(page);
    await say(page, "/slow 80");
    await expect(chat.answers).toContainText("w5 ");

    // The server is killed. The page waits for it.
    await server.kill();
    await expect(chat.reconnecting).toBeVisible();
    const again = await startServer({ DATA_DIR: server.dataDir, LISTEN: `127.0.0.1:${new URL(server.url).port}` });

    // It is back: what was written is there, and the page says what happened.
    await expect(chat.alert).toContainText("The answer was interrupted.");
    await expect(chat.answers).toContainText("w4 ");
    await expect(chat.interrupted).toBeHidden();

    // Ada has the question answered again.
    await chat.tryAgain.click();
    await expectWhole(page, 80);
    await again.stop();
    await server.stop();
  });
});

test.describe("a plain ChatKit server", { tag: "@own-server" }, () => {
  test.use({ expectedOnConsole: [/status of 404/] });

  test("is told to stop by leaving, and works all the same", async ({ page, context, server, ready }) => {
    const plain = await startPlain(server.url);
    const ada = await Client.signUp(server.url, newAccount());
    await signIn(context, new Client(plain.url, ada.cookie, ada.userId, ada.token));
    await page.goto(`${plain.url}/chat`);
    await ready();
    const chat = chatPage(page);

    // Ada chats.
    await say(page, "/slow 5");
    await expectWhole(page, 5);

    // She stops an answer.
    await say(page, "/slow 200");
    await expect(chat.answers).toHaveCount(2);
    await expect(chat.answers.last()).toContainText("w3 ");
    await chat.stop.click();
    await expect(chat.stopped).toBeVisible();
    await expect(chat.send).toBeVisible();

    // She leaves another one; it has ended when she comes back.
    await say(page, "/slow 200");
    await expect(chat.answers).toHaveCount(3);
    await expect(chat.answers.last()).toContainText("w3 ");
    await chat.newChat.click();
    await expect(chat.empty).toBeVisible();
    await chat.chat("/slow 5").click();
    await expect(chat.answers.last()).toContainText("w3 ");
    await expect(chat.stopped).toHaveCount(2);
    await expect(chat.answers.last()).not.toContainText("w150");
    await expect(chat.stop).toBeHidden();

    // The old answer makes room for another one.
    await chat.newChat.click();
    await say(page, "/slow 6");
    await expectWhole(page, 6);
    await chat.answers.hover();
    // After another answer the page reads the thread anew.
    const read = answerTo(page, "threads.get_by_id");
    await chat.answerAgain.click();
    await expectWhole(page, 6);
    await (await read).finished();
    await plain.stop();
  });
});
