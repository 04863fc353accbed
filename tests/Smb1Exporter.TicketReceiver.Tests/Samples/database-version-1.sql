CREATE TABLE IF NOT EXISTS "NamedClients" (
    "Key" TEXT NOT NULL,
    "Client" TEXT NOT NULL,
    "Reference" TEXT NOT NULL,
    CONSTRAINT "PK_NamedClients" PRIMARY KEY ("Key", "Client")
);
INSERT INTO NamedClients VALUES('df3612590411ff3e69241caa6dd93d7b29330d539efaff08281787bb1ff41793','192.168.1.214','1');
INSERT INTO NamedClients VALUES('df3612590411ff3e69241caa6dd93d7b29330d539efaff08281787bb1ff41793','192.168.1.77','1');
INSERT INTO NamedClients VALUES('d93b39f790d7c4770c35793727a263266e34a2466dcb1da7c4c939d5a31d7589','192.168.1.214','2');
INSERT INTO NamedClients VALUES('d93b39f790d7c4770c35793727a263266e34a2466dcb1da7c4c939d5a31d7589','192.168.1.77','2');
INSERT INTO NamedClients VALUES('df3612590411ff3e69241caa6dd93d7b29330d539efaff08281787bb1ff41793','192.168.1.78','1');
INSERT INTO NamedClients VALUES('529ba1f4ce5449f54adac19130bda3786dcec09e529264b10e2937f56e944580','192.168.1.214','3');
INSERT INTO NamedClients VALUES('529ba1f4ce5449f54adac19130bda3786dcec09e529264b10e2937f56e944580','192.168.1.77','3');
CREATE TABLE IF NOT EXISTS "Notifications" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Notifications" PRIMARY KEY AUTOINCREMENT,
    "Key" TEXT NOT NULL,
    "Customer" TEXT NOT NULL,
    "Server" TEXT NOT NULL,
    "Subject" TEXT NOT NULL,
    "Body" TEXT NOT NULL,
    "Clients" TEXT NOT NULL,
    "Digest" TEXT NOT NULL,
    "Sender" TEXT NOT NULL,
    "ReceivedAt" INTEGER NOT NULL,
    "Answered" INTEGER NOT NULL,
    "State" INTEGER NOT NULL,
    "FailedAttempts" INTEGER NOT NULL,
    "LastFailure" TEXT NULL
);
INSERT INTO Notifications VALUES(1,'df3612590411ff3e69241caa6dd93d7b29330d539efaff08281787bb1ff41793','Contoso','FS01','SMB1 Traffic Detected on FS01',replace('SMB1 Traffic detected on Contoso\FS01 in the past 1 hour.\nDetails:\n192.168.1.214: 12 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC\n192.168.1.77: 1 SMB1 connection attempt, last at 2026-11-23 03:40:36 UTC','\n',char(10)),replace('192.168.1.214\n192.168.1.77','\n',char(10)),'e9ebc4e5e40fdd46f4c59a5634db0a19b817991aec940e057677cb363d687d29','127.0.0.1 http://vm:19093',1795579729098,1,1,0,NULL);
INSERT INTO Notifications VALUES(2,'d93b39f790d7c4770c35793727a263266e34a2466dcb1da7c4c939d5a31d7589','Contoso','FS02','SMB1 Traffic Detected on FS02',replace('SMB1 Traffic detected on Contoso\FS02 in the past 1 hour.\nDetails:\n192.168.1.214: 12 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC\n192.168.1.77: 1 SMB1 connection attempt, last at 2026-11-23 03:40:36 UTC','\n',char(10)),replace('192.168.1.214\n192.168.1.77','\n',char(10)),'001a1289cfb63998443120ab3ad1fe8aa9049e42c443820133805be727f6dcf1','127.0.0.1 http://vm:19093',1795579729975,1,1,0,NULL);
INSERT INTO Notifications VALUES(3,'df3612590411ff3e69241caa6dd93d7b29330d539efaff08281787bb1ff41793','Contoso','FS01','SMB1 Traffic Detected on FS01',replace('SMB1 Traffic detected on Contoso\FS01 in the past 1 hour.\nDetails:\n192.168.1.214: 12 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC\n192.168.1.78: 1 SMB1 connection attempt, last at 2026-11-23 03:40:36 UTC','\n',char(10)),replace('192.168.1.214\n192.168.1.78','\n',char(10)),'877970ec2bf9cf707bbd090332628e5a1ce95452e73867fca98dc7cb2f43cc85','127.0.0.1 http://vm:19093',1795579731166,1,1,0,NULL);
INSERT INTO Notifications VALUES(4,'529ba1f4ce5449f54adac19130bda3786dcec09e529264b10e2937f56e944580','Contoso','FS03','SMB1 Traffic Detected on FS03',replace('SMB1 Traffic detected on Contoso\FS03 in the past 1 hour.\nDetails:\n192.168.1.214: 12 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC\n192.168.1.77: 1 SMB1 connection attempt, last at 2026-11-23 03:40:36 UTC','\n',char(10)),replace('192.168.1.214\n192.168.1.77','\n',char(10)),'778c408e6f1ceef1c3081accb4ed41d7bfde7a05ab3f2dbf22f58c8968441d37','127.0.0.1 http://vm:19093',1795579732374,1,1,0,NULL);
CREATE TABLE IF NOT EXISTS "Tickets" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Tickets" PRIMARY KEY AUTOINCREMENT,
    "Key" TEXT NOT NULL,
    "Customer" TEXT NOT NULL,
    "Server" TEXT NOT NULL,
    "Subject" TEXT NOT NULL,
    "Body" TEXT NOT NULL,
    "NotificationId" INTEGER NOT NULL,
    "OpenedAt" INTEGER NOT NULL,
    "ClosedAt" INTEGER NULL
);
INSERT INTO Tickets VALUES(1,'df3612590411ff3e69241caa6dd93d7b29330d539efaff08281787bb1ff41793','Contoso','FS01','SMB1 Traffic Detected on FS01',replace('SMB1 Traffic detected on Contoso\FS01 in the past 1 hour.\nDetails:\n192.168.1.214: 12 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC\n192.168.1.77: 1 SMB1 connection attempt, last at 2026-11-23 03:40:36 UTC','\n',char(10)),1,1795579730090,NULL);
INSERT INTO Tickets VALUES(2,'d93b39f790d7c4770c35793727a263266e34a2466dcb1da7c4c939d5a31d7589','Contoso','FS02','SMB1 Traffic Detected on FS02',replace('SMB1 Traffic detected on Contoso\FS02 in the past 1 hour.\nDetails:\n192.168.1.214: 12 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC\n192.168.1.77: 1 SMB1 connection attempt, last at 2026-11-23 03:40:36 UTC','\n',char(10)),2,1795579730205,1795579732261);
INSERT INTO Tickets VALUES(3,'529ba1f4ce5449f54adac19130bda3786dcec09e529264b10e2937f56e944580','Contoso','FS03','SMB1 Traffic Detected on FS03',replace('SMB1 Traffic detected on Contoso\FS03 in the past 1 hour.\nDetails:\n192.168.1.214: 12 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC\n192.168.1.77: 1 SMB1 connection attempt, last at 2026-11-23 03:40:36 UTC','\n',char(10)),4,1795579732414,NULL);
CREATE TABLE IF NOT EXISTS "Notes" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Notes" PRIMARY KEY AUTOINCREMENT,
    "TicketId" INTEGER NOT NULL,
    "Body" TEXT NOT NULL,
    "NotificationId" INTEGER NOT NULL,
    "AddedAt" INTEGER NOT NULL,
    CONSTRAINT "FK_Notes_Tickets_TicketId" FOREIGN KEY ("TicketId") REFERENCES "Tickets" ("Id") ON DELETE CASCADE
);
INSERT INTO Notes VALUES(1,1,replace('SMB1 Traffic detected on Contoso\FS01 in the past 1 hour.\nDetails:\n192.168.1.214: 12 SMB1 connection attempts, last at 2026-11-23 03:40:36 UTC\n192.168.1.78: 1 SMB1 connection attempt, last at 2026-11-23 03:40:36 UTC','\n',char(10)),3,1795579731244);
CREATE UNIQUE INDEX "IX_Notes_NotificationId" ON "Notes" ("NotificationId");
CREATE INDEX "IX_Notes_TicketId" ON "Notes" ("TicketId");
CREATE INDEX "IX_Notifications_Digest" ON "Notifications" ("Digest");
CREATE INDEX "IX_Notifications_State_ReceivedAt" ON "Notifications" ("State", "ReceivedAt");
CREATE INDEX "PendingNotifications" ON "Notifications" ("Key", "Id") WHERE "State" = 0;
CREATE UNIQUE INDEX "IX_Tickets_NotificationId" ON "Tickets" ("NotificationId");
CREATE UNIQUE INDEX "OneOpenTicketPerServer" ON "Tickets" ("Key") WHERE "ClosedAt" IS NULL;
PRAGMA application_id = 1936548436;
PRAGMA user_version = 1;
