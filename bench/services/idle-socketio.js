// A socket.io server to which clients connect and say nothing.
const { Server } = require('../node/node_modules/socket.io');
new Server(+process.env.PORT, { transports: ['websocket'], perMessageDeflate: false });
