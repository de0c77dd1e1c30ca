// wend.js
