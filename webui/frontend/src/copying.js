// Buttons that copy what stands beside them.

/** Gives each element with `data-copy` a button that copies its text, where it has none yet. */
export function offerCopies(tell) {
  for (const source of document.querySelectorAll("[data-copy]:not(:has(+ .copy))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${source.dataset.copy}`);
    button.addEventListener("click", async () => {
      const text = source.value ?? source.textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
        tell(`Copied ${source.dataset.copy}.`);
      } catch {
        select(source);
        tell("Selected; copy it with your keyboard.");
      }
    });
    source.after(button);
  }
}

function select(source) {
  if (source.select) source.select();
  else getSelection().selectAllChildren(source);
}
