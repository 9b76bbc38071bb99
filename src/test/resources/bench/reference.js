// The reference's webhook endpoint (api-reference.md, "Webhook Endpoint Implementation"): it stores nothing.
const express = require('express');
const app = express();

app.post('/webhooks/chatwoot', express.json(), async (req, res) => {
  if (req.query.secret !== process.env.WEBHOOK_SECRET) {
    return res.status(401).json({ error: 'Unauthorized' });
  }
  const payload = req.body;
  const event = payload.event;
  console.log(`Received webhook event: ${event}`);
  try {
    switch (event) {
      case 'conversation_created':
        console.log('New conversation:', payload.id);
        break;
      case 'message_created':
        if (payload.message_type === 'incoming') {
          console.log('New customer message:', payload.content);
        }
        break;
      case 'conversation_status_changed':
        if (payload.status === 'resolved') {
          console.log('Conversation resolved:', payload.id);
        }
        break;
      default:
        console.log(`Unhandled event type: ${event}`);
    }
    res.status(200).json({ received: true });
  } catch (error) {
    console.error('Webhook processing error:', error);
    res.status(500).json({ error: 'Processing failed' });
  }
});

app.listen(Number(process.argv[2]), '127.0.0.1');
