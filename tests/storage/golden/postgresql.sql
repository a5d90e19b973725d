-- version 1
-- CreateTable: create table shop.customer
CREATE TABLE "shop__customer" (
  id BIGINT NOT NULL,
  "name" VARCHAR COLLATE "C",
  "code" VARCHAR COLLATE "C",
  "fax" VARCHAR COLLATE "C",
  created_at TIMESTAMP WITH TIME ZONE,
  created_by BIGINT,
  updated_at TIMESTAMP WITH TIME ZONE,
  updated_by BIGINT,
  version BIGINT,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT "shop___pk_t1" PRIMARY KEY ("id")
);
CREATE SEQUENCE "shop__customer___ids" AS BIGINT;
-- CreateTable: create table shop.customer#search
CREATE TABLE "shop__customer___search" (
  "rowid" BIGINT NOT NULL,
  "tokens" TSVECTOR NOT NULL,
  CONSTRAINT "shop___pk_t5" PRIMARY KEY ("rowid")
);
CREATE INDEX "shop___ix_t5_tokens" ON "shop__customer___search" USING gin ("tokens");
-- CreateTable: create table shop.note
CREATE TABLE "shop__note" (
  id BIGINT NOT NULL,
  "text" VARCHAR COLLATE "C",
  "about" BIGINT,
  created_at TIMESTAMP WITH TIME ZONE,
  created_by BIGINT,
  updated_at TIMESTAMP WITH TIME ZONE,
  updated_by BIGINT,
  version BIGINT,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT "shop___pk_t6" PRIMARY KEY ("id")
);
CREATE SEQUENCE "shop__note___ids" AS BIGINT;
-- CreateTable: create table shop.order
CREATE TABLE "shop__order" (
  id BIGINT NOT NULL,
  "customer" BIGINT,
  "total" VARCHAR COLLATE "C",
  created_at TIMESTAMP WITH TIME ZONE,
  created_by BIGINT,
  updated_at TIMESTAMP WITH TIME ZONE,
  updated_by BIGINT,
  version BIGINT,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT "shop___pk_t9" PRIMARY KEY ("id")
);
CREATE SEQUENCE "shop__order___ids" AS BIGINT;
-- CreateTable: create table shop.order#helpers
CREATE TABLE "shop__order__helpers" (
  source_id BIGINT NOT NULL,
  target_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  CONSTRAINT "shop___pk_t12" PRIMARY KEY ("source_id", "target_id")
);
CREATE INDEX "shop___ix_t12_target" ON "shop__order__helpers" ("target_id", "source_id");
-- CreateTable: create table shop.order/lines
CREATE TABLE "shop__order__lines" (
  id BIGINT NOT NULL,
  parent_id BIGINT,
  position BIGINT,
  "what" VARCHAR COLLATE "C",
  CONSTRAINT "shop___pk_t13" PRIMARY KEY ("id")
);
CREATE SEQUENCE "shop__order__lines___ids" AS BIGINT;
-- AddReferences: shop.note: add foreign keys
ALTER TABLE "shop__note" ADD CONSTRAINT "shop___fk_t6_c8" FOREIGN KEY ("about") REFERENCES "shop__customer" ("id") ON DELETE NO ACTION;
-- AddReferences: shop.order: add foreign keys
ALTER TABLE "shop__order" ADD CONSTRAINT "shop___fk_t9_c10" FOREIGN KEY ("customer") REFERENCES "shop__customer" ("id") ON DELETE NO ACTION;
-- AddReferences: shop.order#helpers: add foreign keys
ALTER TABLE "shop__order__helpers" ADD CONSTRAINT "shop___fk_t12_source" FOREIGN KEY ("source_id") REFERENCES "shop__order" ("id") ON DELETE CASCADE;
ALTER TABLE "shop__order__helpers" ADD CONSTRAINT "shop___fk_t12_target" FOREIGN KEY ("target_id") REFERENCES "shop__customer" ("id") ON DELETE CASCADE;
-- AddReferences: shop.order/lines: add foreign keys
ALTER TABLE "shop__order__lines" ADD CONSTRAINT "shop___fk_t13_parent" FOREIGN KEY ("parent_id") REFERENCES "shop__order" ("id") ON DELETE CASCADE;
-- AddIndex: shop.customer: add index over updated_at, id
CREATE INDEX "shop___il_t1_updated_at_id" ON "shop__customer" ("updated_at", "id") WHERE "deleted_at" IS NULL;
-- AddIndex: shop.note: add index over about
CREATE INDEX "shop___ix_t6_c8" ON "shop__note" ("about");
-- AddIndex: shop.note: add index over updated_at, id
CREATE INDEX "shop___il_t6_updated_at_id" ON "shop__note" ("updated_at", "id") WHERE "deleted_at" IS NULL;
-- AddIndex: shop.order: add index over customer
CREATE INDEX "shop___ix_t9_c10" ON "shop__order" ("customer");
-- AddIndex: shop.order: add index over updated_at, id
CREATE INDEX "shop___il_t9_updated_at_id" ON "shop__order" ("updated_at", "id") WHERE "deleted_at" IS NULL;
-- AddIndex: shop.order/lines: add index over parent_id, position
CREATE INDEX "shop___ix_t13_parent_id_position" ON "shop__order__lines" ("parent_id", "position");
-- version 2
-- RemoveTable: remove table shop.note (its rows are kept for rollback)
ALTER TABLE "shop__note" RENAME TO "shop___removed_r23";
ALTER SEQUENCE "shop__note___ids" RENAME TO "shop___removed_r23___ids";
-- RemoveTable: remove table shop.order#helpers (its rows are kept for rollback)
ALTER TABLE "shop__order__helpers" RENAME TO "shop___removed_r24";
-- RenameTable: rename table shop.customer to shop.client
ALTER TABLE "shop__customer" RENAME TO "shop__client";
ALTER SEQUENCE "shop__customer___ids" RENAME TO "shop__client___ids";
-- RenameTable: rename table shop.customer#search to shop.client#search
ALTER TABLE "shop__customer___search" RENAME TO "shop__client___search";
-- RenameTable: rename table shop.order/lines to shop.order/items
ALTER TABLE "shop__order__lines" RENAME TO "shop__order__items";
ALTER SEQUENCE "shop__order__lines___ids" RENAME TO "shop__order__items___ids";
-- RemoveColumn: shop.customer: remove field fax (its values are kept for rollback)
ALTER TABLE "shop__client" RENAME COLUMN "fax" TO "_removed_r16_fax";
-- RenameColumn: shop.client: rename field name to title
ALTER TABLE "shop__client" RENAME COLUMN "name" TO "title";
-- RenameColumn: shop.order: rename field customer to client
ALTER TABLE "shop__order" RENAME COLUMN "customer" TO "client";
-- CreateTable: create table shop.product
CREATE TABLE "shop__product" (
  id BIGINT NOT NULL,
  "name" VARCHAR COLLATE "C",
  "maker" BIGINT,
  created_at TIMESTAMP WITH TIME ZONE,
  created_by BIGINT,
  updated_at TIMESTAMP WITH TIME ZONE,
  updated_by BIGINT,
  version BIGINT,
  deleted_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT "shop___pk_t19" PRIMARY KEY ("id")
);
CREATE SEQUENCE "shop__product___ids" AS BIGINT;
-- CreateTable: create table shop.product#search
CREATE TABLE "shop__product___search" (
  "rowid" BIGINT NOT NULL,
  "tokens" TSVECTOR NOT NULL,
  CONSTRAINT "shop___pk_t22" PRIMARY KEY ("rowid")
);
CREATE INDEX "shop___ix_t22_tokens" ON "shop__product___search" USING gin ("tokens");
-- AddReferences: shop.product: add foreign keys
ALTER TABLE "shop__product" ADD CONSTRAINT "shop___fk_t19_c21" FOREIGN KEY ("maker") REFERENCES "shop__client" ("id") ON DELETE NO ACTION;
-- AddColumn: shop.client: add field size
ALTER TABLE "shop__client" ADD COLUMN "size" NUMERIC(18, 0);
-- AddColumn: shop.order/items: add field price
ALTER TABLE "shop__order__items" ADD COLUMN "price" NUMERIC(18, 2);
-- ChangeType: shop.order: change the type of field total from text to money
ALTER TABLE "shop__order" RENAME COLUMN "total" TO "_removed_r17_total";
ALTER TABLE "shop__order" ADD COLUMN "total" NUMERIC(18, 2);
-- ChangeReference: shop.order: change what happens to client on deletion
-- (moves data only)
-- SetRequired: shop.client: field code becomes required
-- (moves data only)
-- AddIndex: shop.client: code must be unique
CREATE UNIQUE INDEX "shop___ul_t1_c3" ON "shop__client" ("code") WHERE "deleted_at" IS NULL;
-- AddIndex: shop.order: add index over total
CREATE INDEX "shop___il_t9_c11" ON "shop__order" ("total") WHERE "deleted_at" IS NULL;
-- AddIndex: shop.product: add index over maker
CREATE INDEX "shop___ix_t19_c21" ON "shop__product" ("maker");
-- AddIndex: shop.product: add index over updated_at, id
CREATE INDEX "shop___il_t19_updated_at_id" ON "shop__product" ("updated_at", "id") WHERE "deleted_at" IS NULL;
-- RebuildSearch: rebuild search index shop.client#search
-- (moves data only)
