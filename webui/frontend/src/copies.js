// On a page with code and no editor: buttons that copy the code.

import { offerCopies } from "./copying.js";

const spoken = document.createElement("span");
spoken.className = "unseen";
spoken.setAttribute("role", "status");
document.querySelector("main").append(spoken);
offerCopies((words) => (spoken.textContent = words));
