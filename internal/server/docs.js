"use strict";
window.addEventListener("load", () => {
  SwaggerUIBundle({
    url: new URL("../openapi.json", document.querySelector("script[src$='/docs/init.js']").src).href,
    dom_id: "#swagger-ui",
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    validatorUrl: null,
    tryItOutEnabled: true,
    defaultModelsExpandDepth: 0,
  });
});
