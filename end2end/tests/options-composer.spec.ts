// What a page puts into the composer: tools, models, mentions, commands.

import type { Page } from "@playwright/test";

import { asked, example } from "../fixtures/example.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true, settings: { EXAMPLES: "on" } });

/** What the first chat's text area opens. */
const menu = (page: Page, name: "Mentions" | "Commands") => {
  const list = example(page).chat.getByRole("listbox", { name });
  return { list, options: list.getByRole("option"), chosen: list.getByRole("option", { selected: true }) };
};

test("tools and models go along with messages", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const { chat, event, message, send } = example(page);
  const tool = async (name: string) => {
    await chat.getByRole("button", { name: "Tools" }).click();
    await chat.getByRole("menuitem", { name }).click();
  };
  const sends = async (type: string, text: string) => {
    const sent = asked(page, type);
    await message.fill(text);
    await send.click();
    return (await sent).input.inference_options;
  };

  // A tool may have words of its own; a click on its sign puts it away.
  await tool("Search the web");
  await expect(message).toHaveAttribute("placeholder", "What shall be found?");
  await expect(message).toBeFocused();
  await chat.getByRole("button", { name: "Don’t use Search the web" }).click();
  await expect(message).toHaveAttribute("placeholder", "Write /help, or @ and a name");
  await expect(event(/^on_tool_change/)).toHaveText([/: search$/, /: $/]);

  // One that stays chosen, and another model.
  await tool("Deep research");
  const models = chat.getByRole("combobox", { name: "Model" });
  await expect(models).toHaveValue("small");
  await expect(models).toHaveAccessibleDescription("Quick, and good enough");
  await expect(models.getByRole("option", { name: "Huge" })).toBeDisabled();
  await models.selectOption("Large");
  expect(await sends("threads.create", "One")).toEqual({ tool_choice: { id: "research" }, model: "large" });
  await expect(event(/^on_response_end/)).toHaveCount(1);
  await expect(chat.getByRole("button", { name: "Don’t use Deep research" })).toBeVisible();

  // One with a button of its own goes after the message.
  const pinned = chat.getByRole("button", { name: "Canvas" });
  await pinned.click();
  await expect(pinned).toHaveAttribute("aria-pressed", "true");
  expect(await sends("threads.add_user_message", "Two")).toEqual({ tool_choice: { id: "canvas" }, model: "large" });
  await expect(pinned).toHaveAttribute("aria-pressed", "false");
  await expect(event(/^on_tool_change/).last()).toHaveText("on_tool_change: ");
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme}`, () => {
    test.use({ colorScheme });

    test(`somebody is mentioned by keyboard (${colorScheme})`, { tag: "@own-server" }, async ({ page, visit, scan, signedIn: _ }) => {
      await visit("/examples/chatkit");
      const { chat, event, message, questions } = example(page);
      const { list, options, chosen } = menu(page, "Mentions");

      // The button writes the sign, too.
      await chat.getByRole("button", { name: "Mention something" }).click();
      await expect(message).toHaveValue("@");
      await expect(list.getByRole("group", { name: "People" }).getByRole("option")).toHaveCount(2);
      await expect(list.getByRole("group", { name: "Places" }).getByRole("option")).toHaveCount(2);
      await scan(`mentions, ${colorScheme}`);

      // Arrow keys go through what is found; Escape leaves what was typed.
      await expect(chosen).toHaveText("Ada Lovelace");
      await page.keyboard.press("ArrowUp");
      await expect(chosen).toHaveText("New York");
      await expect(message).toHaveAttribute("aria-activedescendant", (await chosen.getAttribute("id"))!);
      await page.keyboard.press("Escape");
      await expect(list).toHaveCount(0);
      await expect(message).toHaveValue("@");

      // What is chosen stands in the text and goes along with what the page knows of it.
      await message.fill("");
      await message.pressSequentially("Ask @gra");
      await expect(options).toHaveText(["Grace Hopper"]);
      await page.keyboard.press("Enter");
      await expect(message).toHaveValue("Ask @Grace Hopper ");
      const sent = asked(page, "threads.create");
      await page.keyboard.press("Enter");
      expect((await sent).input.content[1]).toEqual({
        type: "input_tag",
        id: "grace",
        text: "Grace Hopper",
        group: "People",
        interactive: true,
        data: { about: "Wrote the first compiler." },
      });

      // In the message it has a preview, and a click tells the page.
      const mention = questions.getByRole("button", { name: "Grace Hopper" });
      await mention.focus();
      const preview = questions.getByRole("status").filter({ hasText: "Wrote the first compiler." });
      await expect(preview).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(preview).toHaveCount(0);
      await page.keyboard.press("Enter");
      await expect(event("entities.on_click: grace")).toHaveCount(1);
    });
  });
}

test("commands are done by keyboard", { tag: "@own-server" }, async ({ page, visit, scan, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const { chat, event, message } = example(page);
  const { list, options, chosen } = menu(page, "Commands");

  // The page's own are first; the composer's follow.
  await message.pressSequentially("/");
  await expect(options).toHaveText([/^Greet/, "Insert someone…", "Attach files", "Search the web", "Deep research", "Canvas"]);
  await scan("commands");
  await page.keyboard.press("Enter");
  await expect(event("commands.on_select: greet")).toHaveCount(1);
  await expect(list).toHaveCount(0);
  await expect(message).toHaveValue("");

  // One offers more, of which one is mentioned.
  await message.pressSequentially("Hello /ins");
  await expect(chosen).toHaveText("Insert someone…");
  await page.keyboard.press("Enter");
  await expect(options).toHaveText(["Ada", "Grace"]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await expect(message).toHaveValue("Hello @Grace Hopper ");
  await expect(message).toBeFocused();

  // A tool is chosen.
  await message.pressSequentially("/deep");
  await expect(options).toHaveText(["Deep research"]);
  await page.keyboard.press("Enter");
  await expect(event("on_tool_change: research")).toHaveCount(1);
  await expect(chat.getByRole("button", { name: "Don’t use Deep research" })).toBeVisible();
});

test("the page fills in the composer", { tag: "@own-server" }, async ({ page, visit, signedIn: _ }) => {
  await visit("/examples/chatkit");
  const { chat, method, message, send } = example(page);
  await method("set_composer_value").click();
  await expect(message).toHaveValue("Say hello to @Ada Lovelace");
  await expect(chat.getByRole("blockquote", { name: "In reply to" })).toHaveText("Whom do you know?");
  await expect(chat.getByRole("button", { name: "Canvas" })).toHaveAttribute("aria-pressed", "true");
  const sent = asked(page, "threads.create");
  await send.click();
  const { input } = await sent;
  expect(input.content).toMatchObject([{ text: "Say hello to " }, { type: "input_tag", id: "ada" }]);
  expect(input.quoted_text).toBe("Whom do you know?");
  expect(input.inference_options).toEqual({ tool_choice: { id: "canvas" }, model: "large" });
});
