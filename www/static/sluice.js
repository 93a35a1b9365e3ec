/*
 * Makes pages that wait more comfortable; everything works without it.
 * An element with data-watch names an address that answers with JSON:
 * { "text": what goes on, "stage": 0..stages, "over": true when the page
 * should be loaded again }. Stops after a while or when the person says so.
 */
"use strict";
(function () {
	var watched = document.querySelector("[data-watch]");
	if (!watched || !window.fetch) {
		return;
	}
	var status = watched.querySelector("[role=status]");
	var stop = document.createElement("button");
	var left = 300;
	var timer = 0;

	function rest(text) {
		window.clearTimeout(timer);
		timer = 0;
		stop.textContent = "Follow again";
		if (text) {
			status.textContent = text;
		}
	}
	function show(answer) {
		if (answer.over) {
			window.location.reload();
			return;
		}
		if (status.textContent !== answer.text) {
			status.textContent = answer.text;
		}
		var bar = watched.querySelector("progress");
		if (bar && typeof answer.stage === "number") {
			bar.value = answer.stage;
		}
		later();
	}
	function ask() {
		window.fetch(watched.dataset.watch, {
			headers: { Accept: "application/json" },
			credentials: "same-origin",
			redirect: "error"
		}).then(function (response) {
			if (!response.ok) {
				throw new Error("refused");
			}
			return response.json();
		}).then(show).catch(function () {
			rest("The page cannot follow just now. Use the Refresh link.");
		});
	}
	function later() {
		left -= 1;
		if (left > 0) {
			timer = window.setTimeout(ask, 1000);
		} else {
			rest("This takes longer than usual. Use the Refresh link.");
		}
	}
	stop.type = "button";
	stop.textContent = "Stop following";
	stop.addEventListener("click", function () {
		if (timer) {
			rest("");
		} else {
			stop.textContent = "Stop following";
			left = 300;
			ask();
		}
	});
	var place = watched.querySelector(".actions");
	if (place) {
		place.appendChild(stop);
	}
	later();
}());
