// A socket.io server with a room: who says "sub" comes into it, and what is said with "pub" goes to all in it.
const { Server } = require('../node/node_modules/socket.io');
const server = new Server(+process.env.PORT, { transports: ['websocket'], perMessageDeflate: false });
server.on('connection', socket => {
  socket.on('sub', (room, done) => { socket.join(room); done(); });
  socket.on('pub', (room, data) => server.to(room).emit('evt', data));
});
