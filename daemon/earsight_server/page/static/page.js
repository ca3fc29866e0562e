// What the page does better with a script: it keeps the photo for the next question, speaks at once, takes photos
// that are dropped or pasted, and keeps sentences if asked to. Without it, the form works by itself.
"use strict";
(() => {
  const form = document.getElementById("question");
  const inputs = [document.getElementById("camera"), document.getElementById("image")];
  const preview = document.getElementById("preview");
  const said = document.getElementById("said");
  const player = document.getElementById("sound-player");
  const listening = document.getElementById("listening");
  const things = document.getElementById("things");
  let photo = null;
  let asking = null;

  const take = (file) => {
    if (!file || !file.type.startsWith("image/")) return;
    photo = file;
    if (preview.src) URL.revokeObjectURL(preview.src);
    preview.src = URL.createObjectURL(file);
    preview.hidden = false;
  };
  for (const input of inputs) {
    input.addEventListener("change", () => {
      if (input.files.length === 0) return;
      for (const other of inputs) if (other !== input) other.value = "";
      take(input.files[0]);
    });
  }
  document.getElementById("drop").hidden = false;
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("over");
  });
  document.addEventListener("dragleave", () => document.body.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", (event) => take(event.clipboardData.files[0]));
  preview.addEventListener("error", () => { preview.hidden = true; }); // a kind that only the server can read

  // Enter in a text field asks what stands beside it, not the first question of all.
  for (const field of form.querySelectorAll("input[type=text]")) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit(field.parentElement.querySelector("button"));
    });
  }

  const say = (text) => {
    said.textContent = "";
    requestAnimationFrame(() => { said.textContent = text; }); // the same words again are announced again
  };

  // Browsers let a page sound that was asked to by a key or a click: the player begins then, with a short tone,
  // and goes on with the answer.
  const sound = (source) => {
    player.src = source;
    player.play().catch(() => {});
  };

  const show = (answer) => {
    say(answer.getElementById("said").textContent);
    things.replaceChildren(...answer.getElementById("things").childNodes);
    const spoken = answer.getElementById("sound-player").getAttribute("src");
    listening.hidden = !spoken;
    if (spoken) sound(spoken);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!photo) {
      say(form.dataset.noPhoto);
      inputs[1].focus();
      return;
    }
    if (photo.size > Number(form.dataset.limit)) {
      say(form.dataset.tooLarge);
      return;
    }
    const question = new FormData(form, event.submitter);
    question.delete("camera");
    question.set("image", photo, "photo");
    if (asking) asking.abort();
    asking = new AbortController();
    const mine = asking;
    things.replaceChildren();
    listening.hidden = true;
    player.pause();
    say(form.dataset.working);
    if (question.has("sound")) sound("/static/working.wav");
    try {
      const response = await fetch(form.getAttribute("action"), { method: "POST", body: question, signal: mine.signal });
      const text = await response.text();
      const answer = new DOMParser().parseFromString(text, "text/html");
      if (!answer.getElementById("said")) throw new Error(text);
      show(answer);
      if (response.ok) keepSentence(answer.getElementById("said").textContent);
    } catch (error) {
      if (error.name !== "AbortError") say(form.dataset.unreachable);
    }
  });

  // Sentences are kept in this browser, and only if that was asked for.
  const KEEP = "earsight-keep", KEPT = "earsight-kept", MOST = 50;
  const keep = document.getElementById("keep");
  const list = document.getElementById("kept");
  const forget = document.getElementById("forget");
  const kept = () => JSON.parse(localStorage.getItem(KEPT) || "[]");
  const showKept = () => {
    const sentences = kept();
    list.replaceChildren(...sentences.map((sentence) => {
      const item = document.createElement("li");
      item.textContent = sentence;
      return item;
    }));
    forget.hidden = sentences.length === 0;
    document.getElementById("nothing-kept").hidden = sentences.length > 0;
  };
  const keepSentence = (sentence) => {
    if (!keep.checked) return;
    localStorage.setItem(KEPT, JSON.stringify([sentence, ...kept()].slice(0, MOST)));
    showKept();
  };
  const forgetAll = () => {
    localStorage.removeItem(KEPT);
    showKept();
  };
  try {
    keep.checked = localStorage.getItem(KEEP) === "yes";
    document.getElementById("history").hidden = false;
    showKept();
    keep.addEventListener("change", () => {
      if (keep.checked) {
        localStorage.setItem(KEEP, "yes");
      } else {
        localStorage.removeItem(KEEP);
        forgetAll();
      }
    });
    forget.addEventListener("click", () => {
      forgetAll();
      keep.focus();
    });
  } catch (error) {
    keep.checked = false; // a browser that keeps nothing
  }
})();
