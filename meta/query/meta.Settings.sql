SELECT body, etag FROM settings WHERE workspace = 'default'
