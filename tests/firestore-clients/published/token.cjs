// Over REST the library asks for credentials, of an emulator, too.

const { GoogleAuth, OAuth2Client } = require('google-auth-library');

GoogleAuth.prototype.getClient = async () => {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: 'owner', expiry_date: Number.MAX_SAFE_INTEGER });
  return client;
};
